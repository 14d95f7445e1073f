begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says that the receiver has really processed an event, not only accepted it: Make.com, say,
-- answers 200 as soon as the event is in its queue. A delivery that is still open is delivered
-- by that; the first confirmation counts.
-- Locks: the endpoint against changes, then the delivery.
-- Returns the delivery.
-- Raises ZB017 when there is no such delivery.
create function bookingdb.confirm_processed(
  p_webhook_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.webhook_deliveries
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_delivery bookingdb.webhook_deliveries := bookingdb.lock_delivery(p_webhook_id, p_business_id);
begin
  if v_delivery.state in ('pending', 'dead') then
    perform bookingdb.finish_delivery(v_delivery, 'delivered');
  end if;
  update bookingdb.webhook_deliveries d
     set processed_at = coalesce(d.processed_at, bookingdb.clock_now())
   where d.business_id = p_business_id
     and d.webhook_id = p_webhook_id
  returning * into v_delivery;
  return v_delivery;
end $$;
comment on function bookingdb.confirm_processed is 'Says that the receiver has really processed an event.';

commit;
