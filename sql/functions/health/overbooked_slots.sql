begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots that are not over and have more bookings, or more bouquets, than places: recounted
-- from the bookings, whatever the counters say. A limit that was lowered below what was booked
-- is kept with its overhang; but a slot that was overbooked is so until its bookings fit,
-- though repair_counters() has put them into the overhang. Each as the alarm that it would be.
create function bookingdb.overbooked_slots()
returns setof bookingdb.alarms
language sql
stable
begin atomic
  select s.business_id, gen_random_uuid(), 'overbooked', s.date, s.time,
         format('%s bookings with %s bouquets, places for %s with %s', r.count, r.bouquets,
                s.max_bookings + s.overhang_count, s.max_bouquets + s.overhang_bouquets),
         bookingdb.clock_now(), null::timestamptz
    from bookingdb.businesses v
   cross join lateral (
     select b.date, b.time, count(*) as count, sum(b.bouquets) as bouquets
       from bookingdb.bookings b
      where b.business_id = v.business_id
        and b.date >= (bookingdb.clock_now() at time zone v.time_zone)::date - 1
        and bookingdb.holds_place(b.status)
      group by b.date, b.time
   ) r
    join bookingdb.time_slots s
      on s.business_id = v.business_id
     and s.date = r.date
     and s.time = r.time
   where s.ends_at > bookingdb.clock_now()
     and (r.count > s.max_bookings or r.bouquets > s.max_bouquets)
     and (r.count > s.max_bookings + s.overhang_count
          or r.bouquets > s.max_bouquets + s.overhang_bouquets
          or exists (
            select from bookingdb.alarms a
             where (a.business_id, a.date, a.time) = (s.business_id, s.date, s.time)
               and a.name = 'overbooked'
               and a.cleared_at is null
          ));
end;
comment on function bookingdb.overbooked_slots is 'The slots that are not over and have more bookings than places.';

commit;
