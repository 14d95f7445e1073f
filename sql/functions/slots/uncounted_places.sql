begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- By how much there is more room in the slots of a range of dates than the counters say, or
-- less: holds that have run out still count until they are swept, and what is free is for those
-- who wait first. Slots where there is no difference are left out. In PL/pgSQL, so that a
-- statement that asks for it does not start its plan before it is needed.
create function bookingdb.uncounted_places(p_business_id uuid, p_from date, p_to date, p_now timestamptz)
returns table (date date, "time" time, booking_count int, bouquet_count int)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select coalesce(h.date, w.date), coalesce(h.time, w.time),
           coalesce(h.bookings, 0) - f.bookings, coalesce(h.bouquets, 0) - f.bouquets
      from (
        select b.date, b.time, count(*)::int as bookings, sum(b.bouquets)::int as bouquets
          from bookingdb.bookings b
         where b.business_id = p_business_id
           and b.status = 'held'
           and b.hold_expires_at <= p_now
           and b.date between p_from and p_to
         group by b.date, b.time
      ) h
      full join (
        select *
          from bookingdb.open_slots(p_business_id, p_now) o
         where o.waiting_count > 0
           and o.date between p_from and p_to
      ) w
        on w.date = h.date
       and w.time = h.time
     cross join lateral (
       select count(*)::int as bookings, coalesce(sum(f.bouquets), 0)::int as bouquets
         from bookingdb.fitting_waiters(
                p_business_id, w.date, w.time, w.remaining_bookings + coalesce(h.bookings, 0),
                w.remaining_bouquets + coalesce(h.bouquets, 0), w.waiting_count) f
        where w.waiting_count > 0
     ) f;
end $$;
comment on function bookingdb.uncounted_places is 'By how much there is more room in slots than the counters say, or less.';

commit;
