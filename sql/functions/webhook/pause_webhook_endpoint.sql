begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets the deliveries of an endpoint wait until it is resumed; new ones queue up. What is being
-- sent just now is not called back. Paused already: nothing happens.
-- Returns the endpoint. Raises ZB016 when there is none; ZB012 for a blank reason.
create function bookingdb.pause_webhook_endpoint(
  p_endpoint_id uuid,
  p_reason text default 'Paused by staff',
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
  if not coalesce(bookingdb.is_text(p_reason, 500), false) then
    perform bookingdb.fail('ZB012', 'Must say something, in at most 500 characters.', 'p_reason');
  end if;
  perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  perform bookingdb.halt_endpoint(p_business_id, p_endpoint_id, p_reason);
  perform bookingdb.end_actor(v_outer);
  return bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
end $$;
comment on function bookingdb.pause_webhook_endpoint is 'Lets the deliveries of an endpoint wait until it is resumed.';

commit;
