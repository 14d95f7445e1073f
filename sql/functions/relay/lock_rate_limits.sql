begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks the rate limits of endpoints that have something to be sent, but those that another
-- dispatcher is using just now. Returns the endpoints.
create function bookingdb.lock_rate_limits(p_now timestamptz)
returns table (endpoint_id uuid)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
    select h.endpoint_id
      from bookingdb.webhook_endpoint_health h
      join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
     where e.rate_limit > 0
       and e.removed_at is null
       and e.paused_at is null
       and (h.resting_until is null or h.resting_until <= p_now)
       and exists (
         select from bookingdb.due_deliveries(h.business_id, h.endpoint_id, p_now, 1)
       )
       for update of h skip locked;
end $$;
comment on function bookingdb.lock_rate_limits is 'Locks the rate limits of endpoints that have something to be sent.';

commit;
