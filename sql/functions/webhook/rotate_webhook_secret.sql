begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives an endpoint a new secret; the ones before sign as well for p_overlap more, so that the
-- receiver can change over without losing an event. 0: they are worthless at once.
-- Returns the new secret, which is shown here and never again.
-- Raises ZB016 when there is no such endpoint; ZB012: malformed secret, p_overlap not from 0 to
-- 30 days.
create function bookingdb.rotate_webhook_secret(
  p_endpoint_id uuid,
  p_secret text default null,
  p_overlap interval default '24 hours',
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_secret text := bookingdb.new_secret(p_secret);
  v_now timestamptz;
begin
  if p_overlap is null or p_overlap not between '0' and '30 days' then
    perform bookingdb.fail('ZB012', format('Must be from 0 to 30 days, not %s.',
                           coalesce(p_overlap::text, 'NULL')), 'p_overlap');
  end if;
  perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  v_now := bookingdb.clock_now();
  update bookingdb.webhook_secrets s
     set expires_at = least(s.expires_at, v_now + p_overlap)
   where s.business_id = p_business_id
     and s.endpoint_id = p_endpoint_id
     and s.header_name is null;
  delete from bookingdb.webhook_secrets s
   where s.business_id = p_business_id
     and s.endpoint_id = p_endpoint_id
     and s.expires_at <= v_now;
  insert into bookingdb.webhook_secrets (business_id, endpoint_id, value)
  values (p_business_id, p_endpoint_id, v_secret);
  update bookingdb.webhook_endpoints e
     set secret_changed_at = v_now
   where e.business_id = p_business_id
     and e.endpoint_id = p_endpoint_id;
  perform bookingdb.end_actor(v_outer);
  return v_secret;
end $$;
comment on function bookingdb.rotate_webhook_secret is 'Gives an endpoint a new secret; the old ones sign as well for a while.';

commit;
