begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Queues one delivery of an event that is not about a booking. Returns its webhook_id.
create function bookingdb.queue_delivery(
  p_business_id uuid,
  p_endpoint_id uuid,
  p_event_id uuid,
  p_event_type text,
  p_data jsonb
)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_webhook_id uuid := bookingdb.webhook_id_of(p_endpoint_id, p_event_id);
begin
  insert into bookingdb.webhook_deliveries (
    business_id, webhook_id, endpoint_id, event_id, event_type, event_at, due_at
  )
  values (p_business_id, v_webhook_id, p_endpoint_id, p_event_id, p_event_type, v_now, v_now);
  insert into bookingdb.webhook_payloads (business_id, webhook_id, payload)
  values (p_business_id, v_webhook_id, convert_to(jsonb_build_object(
    'type', p_event_type,
    'timestamp', bookingdb.iso_instant(v_now),
    'data', jsonb_build_object('schema_version', 1, 'business_id', p_business_id) || p_data
  )::text, 'UTF8'));
  perform bookingdb.wake_dispatcher();
  return v_webhook_id;
end $$;
comment on function bookingdb.queue_delivery is 'Queues one delivery of an event that is not about a booking.';

commit;
