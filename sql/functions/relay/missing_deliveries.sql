begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The endpoints that should have a delivery of a change and have none.
create function bookingdb.missing_deliveries(
  p_business_id uuid,
  p_event_id uuid,
  p_action_type bookingdb.booking_action,
  p_event_at timestamptz
)
returns table (endpoint_id uuid)
language sql
stable
begin atomic
  select e.endpoint_id
    from bookingdb.webhook_endpoints e
   where e.business_id = p_business_id
     and e.removed_at is null
     and bookingdb.is_subscribed(
           e.event_types, e.subscribed_at, 'booking.' || p_action_type, p_event_at)
     and not exists (
       select
         from (
           select bookingdb.webhook_id_of(e.endpoint_id, p_event_id) as webhook_id
           offset 0  -- worked out first, else the policy keeps it from the index
         ) w
         join bookingdb.webhook_deliveries d
           on d.business_id = p_business_id and d.webhook_id = w.webhook_id
     );
end;
comment on function bookingdb.missing_deliveries is 'The endpoints that should have a delivery of a change and have none.';

commit;
