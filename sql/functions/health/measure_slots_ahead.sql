begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- By how many days the slots of a business end before its schedule does, up to its horizon;
-- of the business that lacks most.
create function bookingdb.measure_slots_ahead()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(max(m.days), 0),
           case coalesce(max(m.days), 0) when 0 then 'All businesses have slots up to their horizon.'
             else format('Businesses whose slots end before their horizon: %s; those of business %s by %s days.',
                         count(*) filter (where m.days > 0), (array_agg(m.business_id order by m.days desc nulls last))[1],
                         max(m.days)) end,
           'bookingdb refresh --all makes them; let bookingdb worker run, or cron every day.',
           null)::bookingdb.health_reading
    from (
      select b.business_id, p.last - s.last as days
        from bookingdb.businesses b
       cross join lateral (
         select (bookingdb.clock_now() at time zone b.time_zone)::date as today
       ) t
       cross join lateral (
         select greatest(t.today - 1, max(s.date)) as last
           from bookingdb.time_slots s
          where s.business_id = b.business_id
            and not s.is_legacy
       ) s
       cross join lateral (
         select max(p.date) as last
           from bookingdb.planned_slots(b.business_id, b.time_zone, s.last + 1, t.today + b.horizon_days) p
          where p.starts_at > bookingdb.clock_now()
       ) p
    ) m;
end;
comment on function bookingdb.measure_slots_ahead is 'By how many days the slots of a business end too early.';

commit;
