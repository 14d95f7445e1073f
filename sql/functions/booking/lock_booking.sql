begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a booking for a change, and before it its slot, as the order of all locks wants.
-- Raises ZB006 when there is none, ZB007 when it moved meanwhile or p_expected_version is not
-- its version.
create function bookingdb.lock_booking(p_booking_id uuid, p_expected_version int, p_business_id uuid)
returns bookingdb.bookings
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen bookingdb.bookings := bookingdb.get_booking(p_booking_id, p_business_id);
begin
  perform bookingdb.lock_slot(p_business_id, v_seen.date, v_seen.time);
  return bookingdb.lock_seen_booking(v_seen, p_expected_version);
end $$;
comment on function bookingdb.lock_booking is 'Locks a booking for a change, its slot first, and checks its version.';

commit;
