begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The booking that was made with an idempotency key; a row of NULLs when there is none.
-- Raises ZB009 when it was made with other arguments.
create function bookingdb.find_by_key(p_business_id uuid, p_idempotency_key text, p_digest bytea)
returns bookingdb.bookings
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings;
begin
  select * into v_booking
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.idempotency_key = p_idempotency_key;
  if found and v_booking.idempotency_digest is distinct from p_digest then
    perform bookingdb.fail(
      'ZB009', format('The key %L made the booking %s, with other arguments.',
                      p_idempotency_key, v_booking.booking_id));
  end if;
  return v_booking;
end $$;
comment on function bookingdb.find_by_key is 'The booking that was made with an idempotency key.';

commit;
