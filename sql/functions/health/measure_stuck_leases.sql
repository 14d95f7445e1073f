begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deliveries that a dispatcher claimed and neither sent nor gave back, though its lease has
-- been over for five minutes; of each endpoint the 1000 that are due longest are looked at.
create function bookingdb.measure_stuck_leases()
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
             case count(*) when 0 then 'No lease is left over.'
               else format('Deliveries leased to a dispatcher that is gone: %s, the first since %s.',
                           count(*), date_trunc('second', min(d.claimed_at))) end,
             'select * from bookingdb.release_stuck_leases() frees them; a bookingdb dispatch that runs takes'
             ' them over by itself.',
             null)::bookingdb.health_reading
      from bookingdb.webhook_endpoints e
     cross join lateral (
       select d.claim_id, d.claimed_at
         from bookingdb.webhook_deliveries d
        where d.business_id = e.business_id
          and d.endpoint_id = e.endpoint_id
          and d.state = 'pending'
          and d.due_at <= bookingdb.clock_now() - interval '5 minutes'
        order by d.due_at
        limit 1000
     ) d
     where e.removed_at is null
       and d.claim_id is not null);
end $$;
comment on function bookingdb.measure_stuck_leases is 'Deliveries whose dispatcher is gone.';

commit;
