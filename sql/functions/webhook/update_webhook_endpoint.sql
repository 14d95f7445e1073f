begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Changes settings of an endpoint; what is NULL stays. p_headers replace all that it had; a
-- p_rate_limit of 0 means none. What is queued already keeps its bytes and goes to the new URL.
-- Locks: the endpoint, then the relay's cursor.
-- Returns the endpoint. Raises ZB016 when there is none; ZB012: see add_webhook_endpoint().
create function bookingdb.update_webhook_endpoint(
  p_endpoint_id uuid,
  p_url text default null,
  p_event_types text[] default null,
  p_description text default null,
  p_headers jsonb default null,
  p_fields text[] default null,
  p_profile bookingdb.webhook_profile default null,
  p_rate_limit int default null,
  p_timeout interval default null,
  p_retry_schedule interval[] default null,
  p_pause_after interval default null,
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
  v_endpoint bookingdb.webhook_endpoints;
  v_problem text;
begin
  perform bookingdb.check_webhook_url(p_url);
  perform bookingdb.check_webhook_lists(p_event_types, p_fields);
  perform bookingdb.check_webhook_headers(p_headers);
  v_endpoint := bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  perform bookingdb.hold_relay();
  if p_event_types is not null then
    select array_agg(n.event_type), array_agg(n.since)
      into v_endpoint.event_types, v_endpoint.subscribed_at
      from bookingdb.next_subscriptions(v_endpoint, p_event_types, bookingdb.clock_now()) n;
  end if;
  if p_headers is not null then
    perform bookingdb.store_headers(p_business_id, p_endpoint_id, p_headers);
    v_endpoint.header_names := array(select jsonb_object_keys(p_headers));
    v_endpoint.secret_changed_at := bookingdb.clock_now();
  end if;
  begin
    update bookingdb.webhook_endpoints e
       set url = coalesce(p_url, e.url),
           event_types = v_endpoint.event_types,
           subscribed_at = v_endpoint.subscribed_at,
           description = coalesce(p_description, e.description),
           header_names = v_endpoint.header_names,
           secret_changed_at = v_endpoint.secret_changed_at,
           fields = coalesce(p_fields, e.fields),
           profile = coalesce(p_profile, e.profile),
           rate_limit = coalesce(p_rate_limit, e.rate_limit),
           timeout = coalesce(p_timeout, e.timeout),
           retry_schedule = coalesce(p_retry_schedule, e.retry_schedule),
           pause_after = coalesce(p_pause_after, e.pause_after)
     where e.business_id = p_business_id
       and e.endpoint_id = p_endpoint_id
    returning * into v_endpoint;
  exception when check_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'endpoint settings');
  end;
  perform bookingdb.end_actor(v_outer);
  return v_endpoint;
end $$;
comment on function bookingdb.update_webhook_endpoint is 'Changes settings of an endpoint; what is NULL stays.';

commit;
