begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks bookings, before them their slots, each in their order. Those that are gone are passed
-- over. Raises ZB007 when one moved meanwhile.
create function bookingdb.lock_bookings(p_booking_ids uuid[], p_business_id uuid)
returns void
language plpgsql
as $$
declare
  v_seen bookingdb.bookings[] := array(
    select b
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.booking_id = any (p_booking_ids)
     order by b.booking_id);
  v_booking bookingdb.bookings;
begin
  perform
     from bookingdb.time_slots s
    where s.business_id = p_business_id
      and (s.date, s.time) in (select b.date, b.time from unnest(v_seen) b)
    order by s.date, s.time
      for no key update;
  foreach v_booking in array v_seen loop
    perform bookingdb.lock_seen_booking(v_booking, null);
  end loop;
end $$;
comment on function bookingdb.lock_bookings is 'Locks bookings, their slots first.';

commit;
