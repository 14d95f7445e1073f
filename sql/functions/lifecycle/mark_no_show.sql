begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says that the customer did not come; corrects a completed booking too.
-- Locks: slot, then booking.
-- Raises ZB006, ZB007, ZB008 unless confirmed or completed.
-- Returns the booking.
create function bookingdb.mark_no_show(
  p_booking_id uuid,
  p_expected_version int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return bookingdb.set_status(p_booking_id, 'no_show', p_expected_version, p_actor, p_business_id);
end $$;
comment on function bookingdb.mark_no_show is 'Says that the customer did not come.';

commit;
