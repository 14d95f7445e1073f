begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a delivery, and returns it. Raises ZB017 when there is none.
create function bookingdb.lock_delivery(p_webhook_id uuid, p_business_id uuid)
returns bookingdb.webhook_deliveries
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery bookingdb.webhook_deliveries;
begin
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
