begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes deliveries back from dispatchers that are gone: those whose lease has run out, and with
-- p_older_than also those that were claimed so long ago, whatever their lease says. They are
-- due at once. The attempt counts and is noted as lost, as it may have been sent; if that
-- dispatcher still says how it went, that is noted and changes nothing else. No delivery
-- depends on it: once a dispatcher works and the endpoint is open, a lease that has run out is
-- claimed anew by itself. Each one stands in the settings audit log.
-- p_dry_run: tells what it would do, locks and changes nothing.
-- Locks: a delivery and its endpoint against changes, one after the other; what somebody else
-- has locked is passed over, as it is being recorded just now.
-- Returns the deliveries as they were, those of all businesses that the login may see. Raises
-- ZB012 for a p_older_than not from 1 second to 1 hour.
create function bookingdb.release_stuck_leases(
  p_older_than interval default null,
  p_dry_run boolean default false,
  p_actor jsonb default null
)
returns table (
  business_id uuid, webhook_id uuid, endpoint_id uuid, url text, event_type text,
  booking_id uuid, booking_version int, claimed_at timestamptz, leased_until timestamptz,
  attempt_number int
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_lease record;
begin
  perform bookingdb.check_dry_run(p_dry_run);
  if p_older_than not between '1 second' and '1 hour' then
    perform bookingdb.fail('ZB012', format('Must be from 1 second to 1 hour, not %s.', p_older_than),
                           'p_older_than');
  end if;
  for v_lease in
    select d as delivery, e.url
      from bookingdb.webhook_deliveries d
      join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
     where d.state = 'pending'
       and d.claim_id is not null
       and (d.due_at <= bookingdb.clock_now()
            or d.claimed_at <= bookingdb.clock_now() - p_older_than)
     order by d.claimed_at, d.webhook_id
  loop
    continue when not p_dry_run and not bookingdb.release_lease(v_lease.delivery);
    return query
      select d.business_id, d.webhook_id, d.endpoint_id, v_lease.url, d.event_type, d.booking_id,
             d.booking_version, d.claimed_at, d.due_at, d.attempt_count
        from (select (v_lease.delivery).*) d;
  end loop;
  if not p_dry_run then
    perform bookingdb.wake_dispatcher();
  end if;
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.release_stuck_leases is 'Takes deliveries back from dispatchers that are gone.';

commit;
