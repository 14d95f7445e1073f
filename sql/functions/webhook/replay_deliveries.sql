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
  v_count := (
    select count(*)::int
      from bookingdb.send_again(p_endpoint_id, p_from, p_to, v_ids, p_state, p_business_id));
  perform bookingdb.end_actor(v_outer);
  return v_count;
end $$;
comment on function bookingdb.replay_deliveries is 'Sends again what was sent to an endpoint, of a booking, or of a time.';

commit;
