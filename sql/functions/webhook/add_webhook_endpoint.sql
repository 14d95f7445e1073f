begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sends events of the business to p_url from now on. What is NULL gets its usual value: a new
-- secret; booking.* as event types; every field that is not personal; for Make.com 25 requests
-- a second, else no limit; retries after 5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h
-- and 24 h.
-- p_headers: a JSON object of headers of your own, such as {"x-make-apikey": "..."}; their
-- values are kept like secrets.
-- Locks: the relay's cursor, so that no change after this call is missed.
-- Returns the endpoint's id and its secret, which is shown here and never again.
-- Raises ZB012: unknown business, malformed URL, event types, headers, fields or secret, limits
-- out of range.
create function bookingdb.add_webhook_endpoint(
  p_url text,
  p_event_types text[] default null,
  p_description text default null,
  p_secret text default null,
  p_headers jsonb default null,
  p_fields text[] default null,
  p_profile bookingdb.webhook_profile default 'standard',
  p_rate_limit int default null,
  p_timeout interval default '15 seconds',
  p_retry_schedule interval[] default null,
  p_pause_after interval default '2 days',
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id(),
  out endpoint_id uuid, out secret text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_event_types text[] := coalesce(p_event_types, '{booking.*}');
  v_problem text;
begin
  perform bookingdb.get_business(p_business_id);
  perform bookingdb.check_webhook_url(coalesce(p_url, ''));
  perform bookingdb.check_webhook_lists(v_event_types, p_fields);
  perform bookingdb.check_webhook_headers(p_headers);
  secret := bookingdb.new_secret(p_secret);
  perform bookingdb.hold_relay();
  begin
    insert into bookingdb.webhook_endpoints as e (
      business_id, url, description, profile, event_types, subscribed_at, fields, header_names,
      rate_limit, timeout, retry_schedule, pause_after
    )
    values (
      p_business_id, p_url, p_description, p_profile, v_event_types,
      array_fill(bookingdb.clock_now(), array[cardinality(v_event_types)]),
      coalesce(p_fields, array(select f.field from bookingdb.webhook_fields() f where not f.is_personal)),
      array(select jsonb_object_keys(p_headers)),
      coalesce(p_rate_limit, case p_profile when 'make' then 25 else 0 end), p_timeout,
      coalesce(p_retry_schedule, bookingdb.usual_retry_schedule()), p_pause_after
    )
    returning e.endpoint_id into endpoint_id;
  exception when check_violation or not_null_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'endpoint settings');
  end;
  insert into bookingdb.webhook_endpoint_health (business_id, endpoint_id)
  values (p_business_id, add_webhook_endpoint.endpoint_id);
  insert into bookingdb.webhook_secrets (business_id, endpoint_id, value)
  values (p_business_id, add_webhook_endpoint.endpoint_id, secret);
  perform bookingdb.store_headers(p_business_id, endpoint_id, p_headers);
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.add_webhook_endpoint is 'Sends events of the business to a URL from now on.';

commit;
