begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sends again what was sent to an endpoint, or of a booking, or of events of a time: p_from
-- included, p_to not. At least one of them must be given; what is NULL restricts nothing.
-- p_state: only those that are delivered, or dead; NULL: both. Bytes and webhook-id are the
-- same as the first time, so that a receiver knows what it has. What is still pending is not
-- touched, what was discarded stays so.
-- Locks: the endpoints, then the deliveries.
-- Returns how many. Raises ZB016 when there is no such endpoint; ZB012: nothing given, p_from
-- after p_to, p_state neither delivered nor dead.
create function bookingdb.replay_deliveries(
  p_endpoint_id uuid default null,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_booking_id uuid default null,
  p_state bookingdb.delivery_state default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_ids uuid[] := bookingdb.delivery_ids_of(p_booking_id, p_business_id);
  v_count int;
begin
  if num_nonnulls(p_endpoint_id, p_from, p_to, p_booking_id) = 0 then
    perform bookingdb.fail('ZB012', 'Say what: an endpoint, a booking, or a time.', 'p_endpoint_id');
  elsif p_from > p_to then
    perform bookingdb.fail('ZB012', format('%s is after %s.', p_from, p_to), 'p_from');
  elsif p_state in ('pending', 'discarded') then
    perform bookingdb.fail('ZB012', format('Must be delivered or dead, not %s.', p_state), 'p_state');
  end if;
  if p_endpoint_id is not null then
    perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  else
    -- No stronger: who pauses one of them tells the others, with that one locked.
    perform
       from bookingdb.webhook_endpoints e
      where e.business_id = p_business_id
      order by e.endpoint_id
        for no key update;
  end if;
  update bookingdb.webhook_deliveries d
     set state = 'pending',
         due_at = bookingdb.clock_now(),
         finished_at = null,
         retry_count = 0
    from bookingdb.webhook_endpoints e
   where d.business_id = p_business_id
     and (p_endpoint_id is null or d.endpoint_id = p_endpoint_id)
     and (p_from is null or d.event_at >= p_from)
     and (p_to is null or d.event_at < p_to)
     and (v_ids is null or d.webhook_id = any (v_ids))
     and d.state in ('delivered', 'dead')
     and (p_state is null or d.state = p_state)
     and e.business_id = d.business_id
     and e.endpoint_id = d.endpoint_id
     and e.removed_at is null;
  get diagnostics v_count = row_count;
  perform bookingdb.wake_dispatcher();
  perform bookingdb.end_actor(v_outer);
  return v_count;
end $$;
comment on function bookingdb.replay_deliveries is 'Sends again what was sent to an endpoint, of a booking, or of a time.';

commit;
