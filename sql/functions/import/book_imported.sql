begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Books what import_row() or adopt_quarantined() was given, and records that it was paid.
-- Returns the id of the booking.
create function bookingdb.book_imported(p_request jsonb, p_idempotency_key text, p_business_id uuid)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking_id uuid;
  v_problem text := case
    when jsonb_typeof(p_request) <> 'object' then 'The row is no object.'
    when p_request ? 'hold_for' or p_request ? 'idempotency_key'
      then 'hold_for and idempotency_key are no columns of an import.'
    when coalesce(p_request ->> 'status', 'confirmed') <> 'confirmed'
      then format('Only confirmed bookings are taken over, not %s.', p_request ->> 'status')
    when coalesce(p_request ->> 'payment_status', 'pending') not in ('pending', 'paid')
      then format('The payment_status is pending or paid, not %s.', p_request ->> 'payment_status')
  end;
begin
  if v_problem is not null then
    perform bookingdb.fail('ZB012', v_problem, 'p_rows');
  end if;
  select b.booking_id into v_booking_id
    from bookingdb.create_bookings(
           jsonb_build_array(
             p_request - '{status,payment_status}'::text[]
             || jsonb_build_object('idempotency_key', p_idempotency_key)),
           null, p_business_id) b;
  if p_request ->> 'payment_status' = 'paid' then
    perform bookingdb.record_payment(v_booking_id, 'paid', p_business_id => p_business_id);
  end if;
  return v_booking_id;
end $$;
comment on function bookingdb.book_imported is 'Books a row of an import.';

commit;
