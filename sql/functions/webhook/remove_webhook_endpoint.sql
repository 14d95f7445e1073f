begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sends nothing to an endpoint any more: what waits is discarded, its secrets are deleted. The
-- trail of what it was sent stays.
-- Locks: the endpoint, then the relay's cursor, so that nothing is queued for it meanwhile.
-- Returns how many deliveries were discarded.
-- Raises ZB016 when there is no such endpoint.
create function bookingdb.remove_webhook_endpoint(
  p_endpoint_id uuid,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_count int;
begin
  perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  perform bookingdb.hold_relay();
  update bookingdb.webhook_endpoints e
     set removed_at = bookingdb.clock_now()
   where e.business_id = p_business_id
     and e.endpoint_id = p_endpoint_id;
  delete from bookingdb.webhook_secrets s
   where s.business_id = p_business_id
     and s.endpoint_id = p_endpoint_id;
  update bookingdb.webhook_deliveries d
     set state = 'discarded',
         finished_at = bookingdb.clock_now(),
         claim_id = null,
         claimed_at = null
   where d.business_id = p_business_id
     and d.endpoint_id = p_endpoint_id
     and d.state = 'pending';
  get diagnostics v_count = row_count;
  perform bookingdb.end_actor(v_outer);
  return v_count;
end $$;
comment on function bookingdb.remove_webhook_endpoint is 'Sends nothing to an endpoint any more.';

commit;
