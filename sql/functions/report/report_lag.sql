begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What became of the webhooks queued from p_from to before p_to, all together: as in
-- report_deliveries(), and the share that arrived of those that are not pending any more.
create function bookingdb.report_lag(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (
  delivered_count bigint, pending_count bigint, dead_count bigint, delivered_share double precision,
  median_lag interval, p95_lag interval
)
language sql
stable
begin atomic
  select d.delivered, d.pending, d.dead,
         d.delivered / nullif(d.delivered + d.dead, 0)::double precision, d.median_lag, d.p95_lag
    from (
      select count(*) filter (where d.state = 'delivered') as delivered,
             count(*) filter (where d.state = 'pending') as pending,
             count(*) filter (where d.state = 'dead') as dead,
             percentile_disc(0.5) within group (order by d.finished_at - d.event_at)
               filter (where d.state = 'delivered') as median_lag,
             percentile_disc(0.95) within group (order by d.finished_at - d.event_at)
               filter (where d.state = 'delivered') as p95_lag
        from bookingdb.webhook_deliveries d
       where d.business_id = p_business_id
         and d.created_at >= p_from
         and d.created_at < p_to
    ) d;
end;
comment on function bookingdb.report_lag is 'What became of the webhooks of a time, all together.';

commit;
