begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes a booking off the waiting list, or declines the place that was offered to it, which
-- goes to the next in line.
-- Locks: slot, then booking.
-- Raises ZB006, ZB007, ZB008 when it neither waits nor is held, ZB012 a blank or overlong
-- reason.
-- Returns the booking, cancelled.
create function bookingdb.leave_waitlist(
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
  v_booking bookingdb.bookings
    := bookingdb.lock_booking(p_booking_id, p_expected_version, p_business_id);
begin
  if v_booking.status not in ('waiting', 'held') then
    perform bookingdb.fail('ZB008', format('A booking that is %s does not wait.', v_booking.status));
  end if;
  return bookingdb.cancel_booking(
    p_booking_id, p_reason, p_expected_version, p_actor, p_business_id);
end $$;
comment on function bookingdb.leave_waitlist is 'Takes a booking off the waiting list, or declines its offer.';

commit;
