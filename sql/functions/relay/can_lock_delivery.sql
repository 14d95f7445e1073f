begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- False when somebody else has locked the delivery; else it is locked now, if there is one.
create function bookingdb.can_lock_delivery(p_webhook_id uuid, p_business_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
     from bookingdb.webhook_deliveries d
    where d.business_id = p_business_id
      and d.webhook_id = p_webhook_id
      for update skip locked;
  return found or not exists (
    select
      from bookingdb.webhook_deliveries d
     where d.business_id = p_business_id
       and d.webhook_id = p_webhook_id
  );
end $$;
comment on function bookingdb.can_lock_delivery is 'Locks a delivery, unless somebody else has.';

commit;
