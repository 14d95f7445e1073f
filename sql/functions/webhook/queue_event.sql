begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Queues an event that is not about a booking for every endpoint of the business that
-- subscribes to it, but not for p_except.
-- Locks: those endpoints, so that none of them is removed meanwhile.
create function bookingdb.queue_event(
  p_business_id uuid,
  p_event_type text,
  p_data jsonb,
  p_except uuid
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_id uuid := gen_random_uuid();
  v_endpoint_id uuid;
begin
  for v_endpoint_id in
    select e.endpoint_id
      from bookingdb.webhook_endpoints e
     where e.business_id = p_business_id
       and e.removed_at is null
       and e.endpoint_id is distinct from p_except
       and exists (
         select from unnest(e.event_types) t where bookingdb.matches_event(t, p_event_type)
       )
     order by e.endpoint_id
       for key share
  loop
    perform bookingdb.queue_delivery(p_business_id, v_endpoint_id, v_event_id, p_event_type, p_data);
  end loop;
end $$;
comment on function bookingdb.queue_event is 'Queues an event that is not about a booking.';

commit;
