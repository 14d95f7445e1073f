begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Cancels a booking or a hold and frees its place, or takes it off the waiting list. A
-- confirmed booking cannot be cancelled inside the business's cancellation window, or once its
-- slot has begun, except by staff.
-- Locks: slot, then booking.
-- Raises ZB006, ZB007, ZB008 when it cannot be cancelled any more, ZB011 inside the window,
-- ZB012 a blank or overlong reason.
-- Returns the booking.
create function bookingdb.cancel_booking(
  p_booking_id uuid,
  p_reason text default null,
  p_expected_version int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_booking bookingdb.bookings;
begin
  if not bookingdb.is_text(p_reason, 1000) then
    perform bookingdb.fail('ZB012', 'It must not be blank or longer than 1000 characters.', 'p_reason');
  end if;
  v_booking := bookingdb.lock_booking(p_booking_id, p_expected_version, p_business_id);
  perform bookingdb.check_move(v_booking.status, 'cancelled');
  v_outer := bookingdb.check_cancellation_window(v_outer, v_booking, null);
  update bookingdb.bookings b
     set status = 'cancelled',
         cancel_reason = p_reason
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.cancel_booking is 'Cancels a booking or a hold, and frees its place.';

commit;
