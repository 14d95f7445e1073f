begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets the relay begin anew when its cursor is lost or wrong: from the next relay_events() on,
-- what an endpoint should have and lacks is queued, as after a restore. Nothing is lost and
-- nothing is queued that is there already, whatever became of it. Events of before the
-- subscription are not looked at, nor those whose deliveries may have been purged: before
-- p_settled_before; NULL: what the cursor says of it, or where that is lost the time before
-- which nothing that was finished is left. The settings audit log of each business tells of it.
-- p_dry_run: tells what it would do, locks and changes nothing.
-- Locks: the cursor, up to the commit; bookings do not wait for it, the relay does.
-- Returns for each endpoint how much it lacks, the first and last of it, and the time before
-- which nothing is looked at; NULL: all is. Raises ZB012 for a p_settled_before that is less
-- than a day ago, as nothing so young is ever purged; 42501 for a login that is bound to
-- businesses.
create function bookingdb.rebuild_relay(
  p_settled_before timestamptz default null,
  p_dry_run boolean default false,
  p_actor jsonb default null
)
returns table (
  business_id uuid, endpoint_id uuid, url text, missing_count bigint,
  first_event_at timestamptz, last_event_at timestamptz, settled_before timestamptz
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_cursor bookingdb.relay_cursor;
begin
  perform bookingdb.refuse_bound('rebuild_relay()');
  perform bookingdb.check_dry_run(p_dry_run);
  if p_settled_before > bookingdb.clock_now() - interval '1 day' then
    perform bookingdb.fail('ZB012', format('Must be a day ago or earlier, not %s.', p_settled_before),
                           'p_settled_before');
  end if;
  if p_dry_run then
    v_cursor := bookingdb.cursor_anew(p_settled_before);
  else
    v_cursor := bookingdb.reset_cursor(p_settled_before);
  end if;
  perform bookingdb.end_actor(v_outer);
  return query
    select e.business_id, e.endpoint_id, e.url, count(l.missing), min(l.created_at),
           max(l.created_at), nullif(v_cursor.settled_before, '-infinity')
      from bookingdb.webhook_endpoints e
      left join (
        select m.endpoint_id as missing, l.created_at
          from bookingdb.booking_audit_log l
         cross join lateral bookingdb.missing_deliveries(
           l.business_id, l.id, l.action_type, l.created_at) m
         where l.created_at >= v_cursor.settled_before
      ) l on l.missing = e.endpoint_id
     where e.removed_at is null
     group by e.business_id, e.endpoint_id
     order by e.business_id, e.url, e.endpoint_id;
end $$;
comment on function bookingdb.rebuild_relay is 'Lets the relay begin anew when its cursor is lost or wrong.';

commit;
