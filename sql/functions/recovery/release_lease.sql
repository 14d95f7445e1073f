begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes a delivery back from who claimed it, unless somebody else has locked it, or it is not
-- claimed as p_delivery says any more. Returns whether it did.
create function bookingdb.release_lease(p_delivery bookingdb.webhook_deliveries)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery bookingdb.webhook_deliveries;
begin
  if not bookingdb.can_lock_delivery(p_delivery.webhook_id, p_delivery.business_id) then
    return false;
  end if;
  update bookingdb.webhook_deliveries d
     set due_at = bookingdb.clock_now(),
         claim_id = null,
         claimed_at = null
   where d.business_id = p_delivery.business_id
     and d.webhook_id = p_delivery.webhook_id
     and d.claim_id = p_delivery.claim_id
  returning * into v_delivery;
  if v_delivery.webhook_id is null then
    return false;
  end if;
  perform bookingdb.note_lost(array[p_delivery]);
  perform bookingdb.log_setting(
    p_delivery.business_id, 'webhook_deliveries', to_jsonb(p_delivery), to_jsonb(v_delivery));
  return true;
end $$;
comment on function bookingdb.release_lease is 'Takes a delivery back from who claimed it.';

commit;
