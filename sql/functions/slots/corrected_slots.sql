begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- As offered_slots(), from p_from on, with what is left where the counters do not say it all
-- (see uncounted_places). Two branches, so that this grows with the number of slots: the
-- planner takes a range of dates for a few rows, and would compare every slot with every such
-- place.
create function bookingdb.corrected_slots(
  p_business_id uuid, p_after timestamptz, p_from date, p_to date, p_now timestamptz
)
returns table (
  date date, "time" time, starts_at timestamptz, remaining_bookings int, remaining_bouquets int
)
language sql
stable
begin atomic
  with uncounted as materialized (
    select * from bookingdb.uncounted_places(p_business_id, p_from, p_to, p_now)
  )
  select s.date, s.time, s.starts_at, s.remaining_bookings, s.remaining_bouquets
    from bookingdb.offered_slots(p_business_id, p_after, p_to) s
   where s.date >= p_from
     and (s.date, s.time) not in (select u.date, u.time from uncounted u)
  union all
  select s.date, s.time, s.starts_at, s.remaining_bookings + u.booking_count,
         s.remaining_bouquets + u.bouquet_count
    from uncounted u
    join bookingdb.offered_slots(p_business_id, p_after, p_to) s
      on s.date = u.date
     and s.time = u.time;
end;
comment on function bookingdb.corrected_slots is 'The slots of a business that are offered, with what is truly left.';

commit;
