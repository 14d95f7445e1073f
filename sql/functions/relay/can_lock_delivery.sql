begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- False when somebody else has locked the delivery, or its endpoint to change it; else both are
-- locked now, if there are any. Waits for neither: who waits for an endpoint while it has a
-- delivery would be waited for by who has the endpoint.
create function bookingdb.can_lock_delivery(p_webhook_id uuid, p_business_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
     from bookingdb.webhook_deliveries d
     join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
    where d.business_id = p_business_id
      and d.webhook_id = p_webhook_id
      for key share of e skip locked
      for update of d skip locked;
  return found or not exists (
    select
      from bookingdb.webhook_deliveries d
     where d.business_id = p_business_id
       and d.webhook_id = p_webhook_id
  );
end $$;
comment on function bookingdb.can_lock_delivery is 'Locks a delivery, unless somebody else has.';

commit;
