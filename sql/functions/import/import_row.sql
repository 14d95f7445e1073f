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
  v_earlier bookingdb.booking_quarantine;
begin
  select * into v_earlier
    from bookingdb.booking_quarantine q
   where q.business_id = p_business_id
     and q.source = p_source
     and q.row_number = p_row_number;
  if v_earlier.resolved_at is not null and v_earlier.request = p_request then
    outcome := 'present';
    booking_id := v_earlier.booking_id;
    detail := case when booking_id is null then 'Discarded: ' || v_earlier.resolution end;
    return;
  end if;
  begin
    if v_earlier.resolved_at is not null then
      perform bookingdb.fail('ZB009', null);
    end if;
    select b.booking_id,
           (case when b.is_new then 'imported' else 'present' end)::bookingdb.import_outcome
      into booking_id, outcome
      from bookingdb.book_imported(
             p_request, format('import %s row %s', p_source, p_row_number), p_business_id) b;
    update bookingdb.booking_quarantine q  -- if it was there: it has a place now
       set booking_id = import_row.booking_id,
           resolution = 'adopted',
           resolved_at = bookingdb.clock_now()
     where q.business_id = p_business_id
       and q.quarantine_id = v_earlier.quarantine_id;
    return;
  exception when others then
    get stacked diagnostics
      code = returned_sqlstate, detail = pg_exception_detail;
    if code in ('ZB001', 'ZB002', 'ZB003', 'ZB004', 'ZB005', 'ZB014') then
      outcome := 'quarantined';
    elsif code like 'ZB%' then
      outcome := 'rejected';
    else
      raise;
    end if;
  end;
  if code = 'ZB009' then
    detail := format('Row %s of %s was another one when it was imported before.',
                     p_row_number, p_source);
  elsif outcome = 'quarantined' then
    insert into bookingdb.booking_quarantine as q (
      business_id, source, row_number, request, code, detail
    )
    values (p_business_id, p_source, p_row_number, p_request, code, detail)
    on conflict on constraint row_of_source_once do update
       set request = excluded.request,
           code = excluded.code,
           detail = excluded.detail
     where (q.request, q.code, q.detail)
           is distinct from (excluded.request, excluded.code, excluded.detail);
  end if;
end $$;
comment on function bookingdb.import_row is 'Takes over one booking of another system.';

commit;
