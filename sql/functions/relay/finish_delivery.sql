begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Ends a delivery; the next version of the booking is due at once.
create function bookingdb.finish_delivery(
  p_delivery bookingdb.webhook_deliveries,
  p_state bookingdb.delivery_state
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  update bookingdb.webhook_deliveries d
     set state = p_state,
         finished_at = bookingdb.clock_now(),
         claim_id = null,
         claimed_at = null
   where d.business_id = p_delivery.business_id
     and d.webhook_id = p_delivery.webhook_id;
  update bookingdb.webhook_deliveries d
     set due_at = bookingdb.clock_now()
   where d.business_id = p_delivery.business_id
     and d.webhook_id = (
       select n.webhook_id
         from bookingdb.webhook_deliveries n
        where n.business_id = p_delivery.business_id
          and n.endpoint_id = p_delivery.endpoint_id
          and n.booking_id = p_delivery.booking_id
          and n.booking_version > p_delivery.booking_version
          and n.finished_at is null
        order by n.booking_version
        limit 1
     )
     and d.due_at > bookingdb.clock_now()
     and d.claim_id is null;
end $$;
comment on function bookingdb.finish_delivery is 'Ends a delivery; the next version of the booking is due at once.';

commit;
