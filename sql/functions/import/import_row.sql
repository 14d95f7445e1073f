begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes over one booking of another system, see import_bookings.
create function bookingdb.import_row(
  p_request jsonb, p_source text, p_row_number int, p_business_id uuid,
  out outcome bookingdb.import_outcome, out booking_id uuid, out code text, out detail text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text := format('import %s row %s', p_source, p_row_number);
begin
  select b.booking_id into booking_id
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.idempotency_key = v_key;
  if found then
    outcome := 'present';
    return;
  end if;
  begin
    booking_id := bookingdb.book_imported(p_request, v_key, p_business_id);
    outcome := 'imported';
    return;
  exception when others then
    get stacked diagnostics
      code = returned_sqlstate, detail = pg_exception_detail;
    if code in ('ZB001', 'ZB002', 'ZB003', 'ZB004', 'ZB005') then
      outcome := 'quarantined';
    elsif code like 'ZB%' then
      outcome := 'rejected';
    else
      raise;
    end if;
    detail := regexp_replace(detail, '^Element 1\. ', '');
  end;
  if outcome = 'quarantined' then
    insert into bookingdb.booking_quarantine (
      business_id, source, row_number, request, code, detail
    )
    values (p_business_id, p_source, p_row_number, p_request, code, detail)
    on conflict do nothing;
  end if;
end $$;
comment on function bookingdb.import_row is 'Takes over one booking of another system.';

commit;
