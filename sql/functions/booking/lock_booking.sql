begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a booking for a change, and before it its slot, as the order of all locks wants. The
-- slot is found by a look at the booking; should the booking move meanwhile, the caller's
-- change is based on what is gone, and it is told so.
-- Raises ZB006 when there is none, ZB007 when it moved or p_expected_version is not its
-- version.
create function bookingdb.lock_booking(p_booking_id uuid, p_expected_version int, p_business_id uuid)
returns bookingdb.bookings
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen bookingdb.bookings := bookingdb.get_booking(p_booking_id, p_business_id);
  v_booking bookingdb.bookings;
begin
  perform bookingdb.lock_slot(p_business_id, v_seen.date, v_seen.time);
  select * into v_booking
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
     for no key update;
  if v_booking.booking_id is null then
    perform bookingdb.get_booking(p_booking_id, p_business_id);
  end if;
  if v_booking.version <> p_expected_version
    or (v_booking.date, v_booking.time) <> (v_seen.date, v_seen.time)
  then
    perform bookingdb.fail('ZB007', format('Expected version %s, found version %s.',
                           coalesce(p_expected_version, v_seen.version), v_booking.version));
  end if;
  return v_booking;
end $$;
comment on function bookingdb.lock_booking is 'Locks a booking for a change, its slot first, and checks its version.';

commit;
