begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What became of deliveries that were queued in the last hour.
create function bookingdb.metrics_of_deliveries()
returns table (name text, labels jsonb, value double precision)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := bookingdb.clock_now();
  v_span constant interval := interval '1 hour';
  v_most constant int := 5000;
begin
  return query
  with deliveries as materialized (
    select d.*, jsonb_build_object('endpoint_id', d.endpoint_id) as label
      from bookingdb.recent_deliveries_of_all(v_now - v_span, v_most) d
  ),
  attempts as materialized (
    select d.label, a.error is null as is_success,
           case when a.error is null or a.error = 'status' then a.status::text
                else a.error::text end as status
      from deliveries d
      join bookingdb.webhook_attempts a using (business_id, webhook_id)
  )
  select 'bookingdb_recent_deliveries', d.label || jsonb_build_object('state', d.state),
         count(*)::double precision
    from deliveries d
   group by d.label, d.state
  union all
  select 'bookingdb_recent_attempts', a.label || jsonb_build_object('status', a.status), count(*)
    from attempts a
   group by a.label, a.status
  union all
  select 'bookingdb_recent_attempt_success_ratio', a.label, avg(a.is_success::int)::double precision
    from attempts a
   group by a.label
  union all
  select 'bookingdb_recent_delivery_lag_seconds',
         p.label || jsonb_build_object('statistic', s.name),
         p.seconds[s.place]
    from (
      select d.label,
             percentile_cont(array[0.5, 0.95, 1]) within group (
               order by extract(epoch from d.finished_at - d.event_at)::double precision)
        from deliveries d
       where d.state = 'delivered'
       group by d.label
    ) as p (label, seconds)
   cross join (values ('median', 1), ('p95', 2), ('max', 3)) as s (name, place)
  union all
  select 'bookingdb_recent_window_seconds',
         jsonb '{"of": "deliveries"}',
         extract(epoch from coalesce(
           min(v_now - b.oldest) filter (where b.count >= v_most), v_span))
    from (
      select count(*), min(d.created_at) from deliveries d group by d.business_id
    ) as b (count, oldest);
end $$;
comment on function bookingdb.metrics_of_deliveries is 'Metrics: what became of deliveries of the last hour.';

commit;
