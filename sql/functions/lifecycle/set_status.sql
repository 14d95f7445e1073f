begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Moves a booking to a status that needs nothing else.
-- Locks: slot, then booking. Raises ZB006, ZB007, ZB008.
create function bookingdb.set_status(
  p_booking_id uuid, p_status bookingdb.booking_status, p_expected_version int, p_actor jsonb,
  p_business_id uuid
)
returns bookingdb.bookings
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_booking bookingdb.bookings;
begin
  v_booking := bookingdb.lock_booking(p_booking_id, p_expected_version, p_business_id);
  perform bookingdb.check_move(v_booking.status, p_status);
  update bookingdb.bookings b
     set status = p_status
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.set_status is 'Moves a booking to a status that needs nothing else.';

commit;
