begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets the deliveries of an endpoint go on: what waits is due at once, and may be retried as
-- often as if it were new. Not paused: what waits for a retry is due at once.
-- Returns the endpoint. Raises ZB016 when there is none.
create function bookingdb.resume_webhook_endpoint(
  p_endpoint_id uuid,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.webhook_endpoints
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
begin
  perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  update bookingdb.webhook_endpoints e
     set paused_at = null,
         pause_reason = null
   where e.business_id = p_business_id
     and e.endpoint_id = p_endpoint_id
     and e.paused_at is not null;
  update bookingdb.webhook_endpoint_health h
     set failing_since = null,
         resting_until = null
   where h.business_id = p_business_id
     and h.endpoint_id = p_endpoint_id;
  update bookingdb.webhook_deliveries d
     set due_at = bookingdb.clock_now(),
         retry_count = 0
   where d.business_id = p_business_id
     and d.endpoint_id = p_endpoint_id
     and d.state = 'pending'
     and d.claim_id is null;
  perform bookingdb.wake_dispatcher();
  perform bookingdb.end_actor(v_outer);
  return bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
end $$;
comment on function bookingdb.resume_webhook_endpoint is 'Lets the deliveries of an endpoint go on.';

commit;
