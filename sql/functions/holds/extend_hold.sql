begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Holds a place for p_hold_for from now on, one that is paid at least until its slot begins; a
-- hold that has run out takes its place again, if it is still free and nobody waits for it.
-- Locks: slot, then booking.
-- Raises ZB006, ZB007, ZB008 not a hold, ZB010 run out and its place taken, ZB012.
-- Returns the booking.
create function bookingdb.extend_hold(
  p_booking_id uuid,
  p_hold_for interval,
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
  perform bookingdb.check_hold_for(coalesce(p_hold_for, '0'));
  v_booking := bookingdb.lock_booking(p_booking_id, p_expected_version, p_business_id);
  if v_booking.status not in ('held', 'expired') then
    perform bookingdb.fail('ZB008', format('A booking that is %s has no hold to extend.', v_booking.status));
  end if;
  perform bookingdb.retake_place(v_booking);
  update bookingdb.bookings b
     set status = 'held',
         hold_expires_at = bookingdb.clock_now() + p_hold_for
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.extend_hold is 'Holds a place for so long from now on.';

commit;
