begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets the deliveries of an endpoint wait, and tells the other endpoints. Nothing is lost:
-- they go on when it is resumed. Of the URL they are told the host only: what comes after it is
-- often all that keeps strangers from posting there.
create function bookingdb.halt_endpoint(p_business_id uuid, p_endpoint_id uuid, p_reason text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_url text;
begin
  update bookingdb.webhook_endpoints e
     set paused_at = bookingdb.clock_now(),
         pause_reason = p_reason
   where e.business_id = p_business_id
     and e.endpoint_id = p_endpoint_id
     and e.paused_at is null
     and e.removed_at is null
  returning e.url into v_url;
  if found then
    perform bookingdb.queue_event(p_business_id, 'endpoint.paused', jsonb_build_object(
      'endpoint_id', p_endpoint_id, 'url', substring(v_url from '^https?://[^/?]+'), 'reason', p_reason), p_endpoint_id);
  end if;
end $$;
comment on function bookingdb.halt_endpoint is 'Lets the deliveries of an endpoint wait, and tells the other endpoints.';

commit;
