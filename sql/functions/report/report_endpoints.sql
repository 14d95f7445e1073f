begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What became of the webhooks that were queued from p_from to p_to, by endpoint: as in
-- report_deliveries(), and when it was paused. Of its URL the host only, since the rest may be
-- a secret. Removed endpoints are listed if something was queued for them.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_endpoints(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  endpoint_id uuid, host text, paused_at timestamptz, removed_at timestamptz,
  delivered_count bigint, pending_count bigint, dead_count bigint, discarded_count bigint,
  median_lag interval, p95_lag interval
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v record;
begin
  select * into v from bookingdb.report_period(p_from, p_to, p_business_id);
  return query
  select e.endpoint_id, substring(e.url from '://([^/?#]+)'), e.paused_at, e.removed_at,
         count(*) filter (where d.state = 'delivered'), count(*) filter (where d.state = 'pending'),
         count(*) filter (where d.state = 'dead'), count(*) filter (where d.state = 'discarded'),
         percentile_disc(0.5) within group (order by d.finished_at - d.event_at)
           filter (where d.state = 'delivered'),
         percentile_disc(0.95) within group (order by d.finished_at - d.event_at)
           filter (where d.state = 'delivered')
    from bookingdb.webhook_endpoints e
    left join bookingdb.webhook_deliveries d
      on d.business_id = e.business_id
     and d.endpoint_id = e.endpoint_id
     and d.created_at >= v.from_at
     and d.created_at < v.to_at
   where e.business_id = p_business_id
   group by e.endpoint_id, e.url, e.paused_at, e.removed_at, e.created_at
  having e.removed_at is null or count(d.webhook_id) > 0
   order by e.created_at, e.endpoint_id;
end $$;
comment on function bookingdb.report_endpoints is 'What became of webhooks, and how long they took, by endpoint.';

commit;
