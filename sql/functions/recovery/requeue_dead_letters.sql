begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sends dead deliveries again, the oldest events first and at most p_limit at once, to one
-- endpoint or all, of events of a time: p_from included, p_to not. It is replay_deliveries()
-- for dead ones, in portions, with a dry run, and each stands in the settings audit log. Rate
-- limits hold, paused endpoints get nothing until they are resumed; of a booking with later
-- changes the receiver gets the older after the newer, as with every replay.
-- p_dry_run: tells what it would do, locks and changes nothing.
-- Locks: the endpoints, then the deliveries.
-- Returns the deliveries as they were. Raises ZB012: p_from after p_to, p_limit not from 1 to
-- 100000, an unknown business; ZB016 when there is no such endpoint, but not in a dry run.
create function bookingdb.requeue_dead_letters(
  p_endpoint_id uuid default null,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_limit int default 1000,
  p_dry_run boolean default false,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  webhook_id uuid, endpoint_id uuid, url text, event_type text, event_at timestamptz,
  booking_id uuid, booking_version int, attempt_count int, died_at timestamptz
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_dead bookingdb.webhook_deliveries[];
  v_ids uuid[];
begin
  perform bookingdb.check_dry_run(p_dry_run);
  perform bookingdb.get_business(p_business_id);
  if p_from > p_to then
    perform bookingdb.fail('ZB012', format('%s is after %s.', p_from, p_to), 'p_from');
  elsif p_limit is null or p_limit not between 1 and 100000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 100000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  v_dead := array(
    select d
      from bookingdb.webhook_deliveries d
      join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
     where d.business_id = p_business_id
       and d.state = 'dead'
       and e.removed_at is null
       and (p_endpoint_id is null or d.endpoint_id = p_endpoint_id)
       and (p_from is null or d.event_at >= p_from)
       and (p_to is null or d.event_at < p_to)
     order by d.event_at, d.booking_version, d.webhook_id
     limit p_limit);
  v_ids := array(select d.webhook_id from unnest(v_dead) d);
  if not p_dry_run then
    v_ids := bookingdb.requeue(v_dead, p_endpoint_id, p_business_id);
  end if;
  perform bookingdb.end_actor(v_outer);
  return query
    select d.webhook_id, d.endpoint_id, e.url, d.event_type, d.event_at, d.booking_id,
           d.booking_version, d.attempt_count, d.finished_at
      from unnest(v_dead) with ordinality d
      join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
     where d.webhook_id = any (v_ids)
     order by d.ordinality;
end $$;
comment on function bookingdb.requeue_dead_letters is 'Sends dead deliveries again, the oldest events first.';

commit;
