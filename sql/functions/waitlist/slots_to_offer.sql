begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The open slots with room for somebody who waits there. As a rule there are none: a place is
-- offered when it becomes free. But time passes, and settings change.
create function bookingdb.slots_to_offer(p_business_id uuid, p_now timestamptz)
returns table (date date, "time" time)
language sql
stable
begin atomic
  select o.date, o.time
    from bookingdb.open_slots(p_business_id, p_now) o
   where o.waiting_count > 0
     and exists (
       select from bookingdb.fitting_waiters(
                     p_business_id, o.date, o.time, o.remaining_bookings, o.remaining_bouquets,
                     o.waiting_count)
     );
end;
comment on function bookingdb.slots_to_offer is 'The open slots with room for somebody who waits there.';

commit;
