begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Schedules the next attempt of a delivery, a fifth sooner or later than its endpoint's
-- schedule says, and not before p_retry_after; what waits behind it is due no earlier. When
-- the schedule is used up, the delivery is dead; but not when its endpoint is paused, for then
-- it is not the delivery's fault, and it begins anew when the endpoint is resumed.
create function bookingdb.retry_delivery(
  p_delivery bookingdb.webhook_deliveries,
  p_schedule interval[],
  p_retry_after interval,
  p_is_paused boolean
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_wait interval := coalesce(
    p_schedule[p_delivery.retry_count + 1] * (0.8 + 0.4 * random()),
    case when p_is_paused then interval '0' end);
  v_due_at timestamptz := bookingdb.clock_now() + greatest(v_wait, p_retry_after);
begin
  if v_wait is null then
    perform bookingdb.finish_delivery(p_delivery, 'dead');
    return;
  end if;
  update bookingdb.webhook_deliveries d
     set due_at = v_due_at,
         retry_count = d.retry_count + 1,
         claim_id = null,
         claimed_at = null
   where d.business_id = p_delivery.business_id
     and d.webhook_id = p_delivery.webhook_id;
  update bookingdb.webhook_deliveries d
     set due_at = v_due_at
   where d.business_id = p_delivery.business_id
     and d.endpoint_id = p_delivery.endpoint_id
     and d.booking_id = p_delivery.booking_id
     and d.booking_version > p_delivery.booking_version
     and d.finished_at is null
     and d.claim_id is null
     and d.due_at < v_due_at;
end $$;
comment on function bookingdb.retry_delivery is 'Schedules the next attempt of a delivery.';

commit;
