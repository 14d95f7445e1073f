begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a delivery, and returns it; before it its endpoint, so that nobody changes that
-- meanwhile, but other deliveries of it can be locked as well. Raises ZB017 when there is none.
create function bookingdb.lock_delivery(p_webhook_id uuid, p_business_id uuid)
returns bookingdb.webhook_deliveries
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_delivery bookingdb.webhook_deliveries;
begin
  perform
     from bookingdb.webhook_endpoints e
    where e.business_id = p_business_id
      and e.endpoint_id = (
        select d.endpoint_id
          from bookingdb.webhook_deliveries d
         where d.business_id = p_business_id
           and d.webhook_id = p_webhook_id
      )
      for key share;
  select * into v_delivery
    from bookingdb.webhook_deliveries d
   where d.business_id = p_business_id
     and d.webhook_id = p_webhook_id
     for update;
  if not found then
    perform bookingdb.fail('ZB017', format('There is no delivery %s in business %s.',
                           coalesce(p_webhook_id::text, 'NULL'), coalesce(p_business_id::text, 'NULL')));
  end if;
  return v_delivery;
end $$;
comment on function bookingdb.lock_delivery is 'Locks a delivery, and returns it.';

commit;
