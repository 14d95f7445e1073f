begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A booking as it was at p_at, by the audit log; also one that was deleted since. Columns that
-- are newer than the change are NULL.
-- The log has the instant at which a change was made. Others saw it when its transaction
-- committed, as a rule milliseconds later: for an instant in between, this says what was about
-- to be seen.
-- Raises ZB006 when it was not there then; ZB012 for NULL, for an instant that is to come, or
-- before what was dropped of the log.
-- Returns the booking.
create function bookingdb.booking_as_of(
  p_booking_id uuid,
  p_at timestamptz,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings;
begin
  perform bookingdb.check_as_of(p_at);
  v_booking := bookingdb.booking_state(p_business_id, p_booking_id, p_at);
  if v_booking.booking_id is null then
    perform bookingdb.fail('ZB006', format('There was no booking %s in business %s at %s.',
                           coalesce(p_booking_id::text, 'NULL'),
                           coalesce(p_business_id::text, 'NULL'), p_at));
  end if;
  return v_booking;
end $$;
comment on function bookingdb.booking_as_of is 'A booking as it was at an instant.';

commit;
