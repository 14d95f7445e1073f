begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots whose counters are not what a recount of their bookings gives, or exceed their limits.
create function bookingdb.check_counters()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select 'slot_counters',
         format('%s %s %s', s.business_id, s.date, s.time),
         format('counters %s/%s/%s, bookings %s/%s/%s', s.booked_count, s.booked_bouquets,
                s.waiting_count, r.count, r.bouquets, r.waiting)
    from bookingdb.time_slots s
    join bookingdb.businesses v using (business_id)  -- those that the login may see
    left join (
      select b.business_id, b.date, b.time,
             count(*) filter (where bookingdb.holds_place(b.status)) as count,
             sum(b.bouquets) filter (where bookingdb.holds_place(b.status)) as bouquets,
             count(*) filter (where b.status = 'waiting') as waiting
        from bookingdb.bookings b
       group by b.business_id, b.date, b.time
    ) r using (business_id, date, time)
   where (s.booked_count, s.booked_bouquets, s.waiting_count)
         <> (coalesce(r.count, 0), coalesce(r.bouquets, 0), coalesce(r.waiting, 0))
  union all
  select 'slot_capacity',
         format('%s %s %s', s.business_id, s.date, s.time),
         format('booked %s/%s, limits %s/%s, overhang %s/%s', s.booked_count, s.booked_bouquets,
                s.max_bookings, s.max_bouquets, s.overhang_count, s.overhang_bouquets)
    from bookingdb.time_slots s
    join bookingdb.businesses v using (business_id)
   where s.booked_count - s.overhang_count > s.max_bookings
      or s.booked_bouquets - s.overhang_bouquets > s.max_bouquets
  union all
  select 'booking_slot',
         format('%s %s', b.business_id, b.booking_id),
         format('no slot on %s at %s', b.date, b.time)
    from bookingdb.bookings b
    left join bookingdb.time_slots s using (business_id, date, time)
   where s.date is null;
end;
comment on function bookingdb.check_counters is 'Slots whose counters differ from a recount, or exceed their limits.';

commit;
