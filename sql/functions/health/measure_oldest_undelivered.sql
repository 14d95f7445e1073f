begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The age of the oldest event that waits for an endpoint which is not paused. Of each endpoint
-- the 1000 that are due first and the 1000 that are due last are looked at: the oldest are
-- never tried, or retried most.
create function bookingdb.measure_oldest_undelivered()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return (
    select (
             coalesce(round(extract(epoch from bookingdb.clock_now() - min(d.event_at))), 0),
             case when min(d.event_at) is null then 'Everything is delivered.'
               else format('The oldest event that is not delivered is of %s; endpoints that wait for events: %s.',
                           date_trunc('second', min(d.event_at)), count(distinct d.endpoint_id)) end,
             'bookingdb webhooks list shows which endpoint fails since when; bookingdb deliveries --state'
             ' pending shows what it answered.',
             null)::bookingdb.health_reading
      from bookingdb.webhook_endpoints e
     cross join lateral (
       (select d.endpoint_id, d.event_at
          from bookingdb.webhook_deliveries d
         where d.business_id = e.business_id and d.endpoint_id = e.endpoint_id and d.state = 'pending'
         order by d.due_at
         limit 1000)
       union all
       (select d.endpoint_id, d.event_at
          from bookingdb.webhook_deliveries d
         where d.business_id = e.business_id and d.endpoint_id = e.endpoint_id and d.state = 'pending'
         order by d.due_at desc
         limit 1000)
     ) d
     where e.removed_at is null
       and e.paused_at is null);
end $$;
comment on function bookingdb.measure_oldest_undelivered is 'The age of the oldest event that is not delivered.';

commit;
