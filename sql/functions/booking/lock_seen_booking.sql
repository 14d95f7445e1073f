begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a booking for a change, as p_seen was found by a look at it; the caller has locked its
-- slot. Should the booking have moved meanwhile, the caller's change is based on what is gone,
-- and another slot would be locked out of order: it is told so.
-- Raises ZB006 when it is gone, ZB007 when it moved or p_expected_version is not its version.
create function bookingdb.lock_seen_booking(p_seen bookingdb.bookings, p_expected_version int)
returns bookingdb.bookings
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings;
begin
  select * into v_booking
    from bookingdb.bookings b
   where b.business_id = p_seen.business_id
     and b.booking_id = p_seen.booking_id
     for no key update;
  if not found then
    perform bookingdb.get_booking(p_seen.booking_id, p_seen.business_id);
  end if;
  if v_booking.version <> p_expected_version
    or (v_booking.date, v_booking.time) <> (p_seen.date, p_seen.time)
  then
    perform bookingdb.fail('ZB007', format('Expected version %s, found version %s.',
                           coalesce(p_expected_version, p_seen.version), v_booking.version));
  end if;
  return v_booking;
end $$;
comment on function bookingdb.lock_seen_booking is 'Locks a booking whose slot is locked, and checks its version.';

commit;
