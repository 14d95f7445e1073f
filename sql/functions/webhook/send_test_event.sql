begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Queues an event webhook.test for one endpoint, whatever it subscribes to.
-- Returns its webhook_id; recent_deliveries() tells what became of it.
-- Raises ZB016 when there is no such endpoint.
create function bookingdb.send_test_event(
  p_endpoint_id uuid,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_webhook_id uuid;
begin
  perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  v_webhook_id := bookingdb.queue_delivery(
    p_business_id, p_endpoint_id, gen_random_uuid(), 'webhook.test',
    jsonb_build_object('endpoint_id', p_endpoint_id,
                       'performed_by', (bookingdb.current_actor()).performed_by));
  perform bookingdb.end_actor(v_outer);
  return v_webhook_id;
end $$;
comment on function bookingdb.send_test_event is 'Queues a test event for one endpoint.';

commit;
