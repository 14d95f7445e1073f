begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How full the slots of the next seven days are.
create function bookingdb.metrics_of_slots(p_listed uuid[])
returns table (name text, labels jsonb, value double precision)
language sql
stable
begin atomic
  with slots as materialized (
    select bookingdb.business_label(b.business_id, p_listed) as label,
           case when s.is_legacy then 'legacy'
                when s.overhang_count > 0 or s.overhang_bouquets > 0 then 'over_limit'
                when s.booked_count >= s.max_bookings or s.booked_bouquets >= s.max_bouquets
                  then 'full'
                else 'open'
           end as state,
           count(*) as count,
           sum(s.booked_count) as booked_count,
           sum(s.max_bookings) as max_bookings,
           sum(s.booked_bouquets) as booked_bouquets,
           sum(s.max_bouquets) as max_bouquets,
           sum(s.waiting_count) as waiting_count
      from bookingdb.businesses b
     cross join bookingdb.clock_now() as c (now)
     cross join lateral (
       select *
         from bookingdb.time_slots s
        where s.business_id = b.business_id
          and s.starts_at >= c.now
          and s.starts_at < c.now + interval '7 days'
     ) s
     group by 1, 2
  )
  select 'bookingdb_upcoming_slots', s.label || jsonb_build_object('state', s.state), s.count
    from slots s
  union all
  select v.name, s.label, sum(v.value)
    from slots s
   cross join lateral (
     values ('bookingdb_upcoming_booked_bookings', s.booked_count),
            ('bookingdb_upcoming_max_bookings',
             case s.state when 'legacy' then 0 else s.max_bookings end),
            ('bookingdb_upcoming_booked_bouquets', s.booked_bouquets),
            ('bookingdb_upcoming_max_bouquets',
             case s.state when 'legacy' then 0 else s.max_bouquets end),
            ('bookingdb_upcoming_waiting', s.waiting_count)
   ) as v (name, value)
   group by v.name, s.label;
end;
comment on function bookingdb.metrics_of_slots is 'Metrics: how full the slots of the next days are.';

commit;
