begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Books what import_row() or adopt_quarantined() was given, and records that it was paid; what
-- the key has booked before stays as it is. Dates and times in ISO 8601 only: whether 01.12. is
-- in December depends on who reads it.
-- Raises what create_booking_safe raises; ZB012 for what an import does not take.
-- Returns the id of the booking, and whether it is new.
create function bookingdb.book_imported(
  p_request jsonb, p_idempotency_key text, p_business_id uuid,
  out booking_id uuid, out is_new boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text := case
    when jsonb_typeof(p_request) <> 'object' then 'The row is no object.'
    when p_request ? 'hold_for' or p_request ? 'idempotency_key'
      then 'hold_for and idempotency_key are no columns of an import.'
    when p_request ->> 'date' !~ '^\d{4}-\d\d-\d\d$'
      then format('The date is written as 2026-12-01, not %s.', p_request ->> 'date')
    when p_request ->> 'time' !~ '^\d{1,2}:\d\d(:\d\d)?$'
      then format('The time is written as 09:30, not %s.', p_request ->> 'time')
    when coalesce(p_request ->> 'status', 'confirmed') <> 'confirmed'
      then format('Only confirmed bookings are taken over, not %s.', p_request ->> 'status')
    when coalesce(p_request ->> 'payment_status', 'pending') not in ('pending', 'paid')
      then format('The payment_status is pending or paid, not %s.', p_request ->> 'payment_status')
  end;
  v_message text;
  v_detail text;
  v_hint text;
begin
  if v_problem is not null then
    perform bookingdb.fail('ZB012', v_problem, 'p_rows');
  end if;
  is_new := not exists (
    select from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.idempotency_key = p_idempotency_key
  );
  select b.booking_id into booking_id
    from bookingdb.create_bookings(
           jsonb_build_array(
             p_request - '{status,payment_status}'::text[]
             || jsonb_build_object('idempotency_key', p_idempotency_key)),
           null, p_business_id) b;
  if is_new and p_request ->> 'payment_status' = 'paid' then
    perform bookingdb.record_payment(booking_id, 'paid', p_business_id => p_business_id);
  end if;
exception when others then
  get stacked diagnostics
    v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  if sqlstate not like 'ZB%' then
    raise;
  end if;
  -- The batch of one is nobody's business.
  v_detail := regexp_replace(regexp_replace(v_detail, '^Element 1\. ', ''), '^Element 1 ', 'It ');
  raise exception using errcode = sqlstate, message = v_message, detail = v_detail, hint = v_hint;
end $$;
comment on function bookingdb.book_imported is 'Books a row of an import.';

commit;
