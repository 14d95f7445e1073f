begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks an endpoint that is to be changed, and returns it.
-- Raises ZB016 when there is none, or it was removed.
create function bookingdb.lock_endpoint(p_endpoint_id uuid, p_business_id uuid)
returns bookingdb.webhook_endpoints
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint bookingdb.webhook_endpoints;
begin
  select * into v_endpoint
    from bookingdb.webhook_endpoints e
   where e.business_id = p_business_id
     and e.endpoint_id = p_endpoint_id
     and e.removed_at is null
     for update;
  if not found then
    perform bookingdb.fail('ZB016', format('There is no endpoint %s in business %s.',
                           coalesce(p_endpoint_id::text, 'NULL'), coalesce(p_business_id::text, 'NULL')));
  end if;
  return v_endpoint;
end $$;
comment on function bookingdb.lock_endpoint is 'Locks an endpoint that is to be changed.';

commit;
