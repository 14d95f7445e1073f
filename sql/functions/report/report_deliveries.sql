begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What became of the webhooks that were queued from p_from to p_to, by period (as in
-- report_occupancy) up to today: delivered, pending, dead, discarded; and the lag of those that
-- arrived, from the change to the receiver's answer: median, 95th percentile, longest. What was
-- purged is not counted.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_deliveries(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  since date, until date, delivered_count bigint, pending_count bigint, dead_count bigint,
  discarded_count bigint, median_lag interval, p95_lag interval, longest_lag interval
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v record;
  v_to date;
begin
  select * into v from bookingdb.report_period(p_from, p_to, p_business_id);
  v_to := least(p_to, v.today);
  return query
  with deliveries as (
    select bookingdb.report_bin((d.created_at at time zone v.time_zone)::date, p_from, v_to) as since,
           d.state, d.finished_at - d.event_at as lag
      from bookingdb.webhook_deliveries d
     where d.business_id = p_business_id
       and d.created_at >= v.from_at
       and d.created_at < v.to_at
  )
  select b.since, b.until, count(*) filter (where d.state = 'delivered'),
         count(*) filter (where d.state = 'pending'), count(*) filter (where d.state = 'dead'),
         count(*) filter (where d.state = 'discarded'),
         percentile_disc(0.5) within group (order by d.lag) filter (where d.state = 'delivered'),
         percentile_disc(0.95) within group (order by d.lag) filter (where d.state = 'delivered'),
         max(d.lag) filter (where d.state = 'delivered')
    from bookingdb.report_bins(p_from, v_to) b
    left join deliveries d using (since)
   group by b.since, b.until
   order by b.since;
end $$;
comment on function bookingdb.report_deliveries is 'What became of webhooks, and how long they took, by period.';

commit;
