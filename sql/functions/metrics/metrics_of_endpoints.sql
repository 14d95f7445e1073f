begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How each endpoint does, and what waits for it.
create function bookingdb.metrics_of_endpoints()
returns table (name text, labels jsonb, value double precision)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
as $$
declare
  v_now constant timestamptz := bookingdb.clock_now();
begin
  return query
  select v.name, jsonb_build_object('endpoint_id', e.endpoint_id) || v.labels, v.value
    from bookingdb.webhook_endpoints e
    join bookingdb.webhook_endpoint_health h using (business_id, endpoint_id)
   cross join lateral (
     select count(*)
       from (
         select
           from bookingdb.webhook_deliveries d
          where d.business_id = e.business_id
            and d.endpoint_id = e.endpoint_id
            and d.state = 'pending'
          limit 10000
       ) d
   ) as pending (count)
   cross join lateral (
     select count(*)
       from (
         select
           from bookingdb.webhook_deliveries d
          where d.business_id = e.business_id
            and d.endpoint_id = e.endpoint_id
            and d.state = 'dead'
          limit 10000
       ) d
   ) as dead (count)
   cross join lateral (
     select min(d.due_at)
       from bookingdb.webhook_deliveries d
      where d.business_id = e.business_id
        and d.endpoint_id = e.endpoint_id
        and d.state = 'pending'
   ) as due (at)
   cross join lateral (
     values
       ('bookingdb_endpoint_info',
        jsonb_build_object('host', substring(e.url from '^https?://([^/?]+)'),
                           'description', coalesce(e.description, '')),
        1::double precision),
       ('bookingdb_endpoint_pending_deliveries', '{}', pending.count),
       ('bookingdb_endpoint_dead_deliveries', '{}', dead.count),
       ('bookingdb_endpoint_overdue_seconds', '{}',
        greatest(extract(epoch from v_now - due.at), 0)),
       ('bookingdb_endpoint_failing_seconds', '{}',
        greatest(extract(epoch from v_now - h.failing_since), 0)),
       ('bookingdb_endpoint_paused', '{}', (e.paused_at is not null)::int)
   ) as v (name, labels, value)
   where e.removed_at is null;
end $$;
comment on function bookingdb.metrics_of_endpoints is 'Metrics: how each endpoint does, and what waits for it.';

commit;
