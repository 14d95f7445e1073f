begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots that the schedule wants from p_from to p_to: the exceptions of a date, or else the
-- rules in force on it. A local time that does not exist makes no slot (see instant_of, which
-- only days near a change of the clocks need: elsewhere a local time is one instant).
create function bookingdb.planned_slots(p_business_id uuid, p_time_zone text, p_from date, p_to date)
returns table (
  date date, "time" time, starts_at timestamptz, ends_at timestamptz, max_bookings int, max_bouquets int
)
language sql
stable
begin atomic
  with days as (
    select d.day::date as day,
           exists (select from bookingdb.schedule_exceptions e
                    where e.business_id = p_business_id and e.date = d.day::date) as is_exception,
           o.before <> o.after as clock_changes
      from generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') as d (day)
     cross join lateral (
       values (d.day - (d.day - interval '1 day') at time zone p_time_zone at time zone 'UTC'
               - interval '1 day',
               d.day - (d.day + interval '2 days') at time zone p_time_zone at time zone 'UTC'
               + interval '2 days')
     ) as o (before, after)
  ),
  openings as (
    select d.day, d.clock_changes, o.opens, o.closes, o.slot_interval, o.max_bookings, o.max_bouquets
      from days d
      join bookingdb.opening_hours o
        on o.business_id = p_business_id
       and o.weekday = extract(isodow from d.day)
       and o.in_force @> d.day
     where not d.is_exception
    union all
    select d.day, d.clock_changes, e.opens, e.closes, e.slot_interval, e.max_bookings, e.max_bouquets
      from days d
      join bookingdb.schedule_exceptions e
        on e.business_id = p_business_id
       and e.date = d.day
       and e.opens is not null
     where d.is_exception
  ),
  begun as materialized (
    select o.*, o.day + o.opens as first_local, (o.day + o.opens) at time zone p_time_zone as first_instant
      from openings o
  )
  select o.day, l.local::time, i.instant, i.instant + o.slot_interval, o.max_bookings, o.max_bouquets
    from begun o
   cross join lateral generate_series(
     o.first_local, o.day + o.closes - o.slot_interval, o.slot_interval) as l (local)
   cross join lateral (
     select case when o.clock_changes then bookingdb.instant_of(l.local, p_time_zone)
              else o.first_instant + (l.local - o.first_local) end
     offset 0  -- else it would be worked out wherever it is used
   ) as i (instant)
   where i.instant is not null;
end;
comment on function bookingdb.planned_slots is 'The slots that the schedule wants over a range of dates.';

commit;
