begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Queues what was committed to the audit log since the last time for the endpoints that
-- subscribe to it. p_limit: about how many changes at once; those of one transaction are never
-- divided. Nothing of a pass is sent before the pass is complete, so that no version of a
-- booking overtakes another. Call it until it returns 0.
-- A change is new when the last snapshot did not see its transaction and this one does. On
-- another server, as after a restore, transaction ids mean nothing: there what lacks a delivery
-- is new.
-- Locks: the cursor; a second relay waits.
-- Returns how many changes it took. Raises ZB012 for a p_limit that is not from 1 to 100000;
-- 42501 for a login that is bound to businesses: it relays those of all.
create function bookingdb.relay_events(p_limit int default 1000)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cursor bookingdb.relay_cursor;
  v_change bookingdb.booking_audit_log;
  v_changes bookingdb.booking_audit_log[] := array[]::bookingdb.booking_audit_log[];
  v_count int := 0;
begin
  perform bookingdb.refuse_bound('relay_events()');
  if p_limit is null or p_limit not between 1 and 100000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 100000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  if not bookingdb.is_behind() then
    return 0;
  end if;
  select * into strict v_cursor from bookingdb.relay_cursor for update;
  if v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return bookingdb.relay_restored(p_limit);
  end if;
  v_cursor.target := coalesce(v_cursor.target, bookingdb.others_snapshot());
  for v_change in select * from bookingdb.unseen_changes(v_cursor, p_limit) loop
    v_changes := v_changes || v_change;
    v_count := v_count + 1;
    if v_count % 1000 = 0 then
      perform bookingdb.queue_changes(v_changes, v_cursor.relay_pass);
      v_changes := array[]::bookingdb.booking_audit_log[];
    end if;
  end loop;
  if cardinality(v_changes) > 0 then
    perform bookingdb.queue_changes(v_changes, v_cursor.relay_pass);
  end if;
  if v_count < p_limit then
    v_cursor.seen := v_cursor.target;
    v_cursor.target := null;
    v_cursor.target_position := '0';
    v_cursor.relay_pass := v_cursor.relay_pass + 1;
  else
    v_cursor.target_position := v_change.xid;
  end if;
  update bookingdb.relay_cursor c
     set seen = v_cursor.seen,
         target = v_cursor.target,
         target_position = v_cursor.target_position,
         relay_pass = v_cursor.relay_pass;
  return v_count;
end $$;
comment on function bookingdb.relay_events is 'Queues what was committed to the audit log since the last time.';

commit;
