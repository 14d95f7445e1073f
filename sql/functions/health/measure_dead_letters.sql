begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deliveries whose retries all failed, up to 10000; not of endpoints that were removed.
create function bookingdb.measure_dead_letters()
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
             count(*),
             case count(*) when 0 then 'No delivery is dead.'
               else format('Deliveries whose retries all failed: %s, in %s of the endpoints.', count(*),
                           count(distinct d.endpoint_id)) end,
             'bookingdb deliveries --state dead shows them; once the receiver is well, select * from'
             ' bookingdb.requeue_dead_letters() sends them again.',
             null)::bookingdb.health_reading
      from (
        select d.endpoint_id
          from bookingdb.webhook_deliveries d
          join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
         where d.state = 'dead'
           and e.removed_at is null
         limit 10000
      ) d);
end $$;
comment on function bookingdb.measure_dead_letters is 'Deliveries whose retries all failed.';

commit;
