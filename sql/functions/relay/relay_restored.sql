begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- relay_events() on another server than the one whose transaction ids the cursor knows: queues
-- what an endpoint should have and does not. When nothing is missing any more, the cursor
-- begins anew here, and remembers how to tell the rows that came with the restore: they are
-- older than this transaction, and have its id or a later one. Who has such an id by right got
-- it after this one, and writes with it later still.
create function bookingdb.relay_restored(p_limit int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen constant pg_snapshot := bookingdb.others_snapshot();
  v_changes bookingdb.booking_audit_log[] := bookingdb.missing_changes(p_limit);
begin
  perform bookingdb.queue_changes(v_changes, c.relay_pass) from bookingdb.relay_cursor c;
  if cardinality(v_changes) < p_limit then
    update bookingdb.relay_cursor c
       set seen = v_seen,
           target = null,
           target_position = '0',
           relay_pass = c.relay_pass + 1,
           restored_at = now(),
           restored_xmax = pg_current_xact_id(),
           system_identifier = (select s.system_identifier from pg_control_system() s);
  end if;
  return cardinality(v_changes);
end $$;
comment on function bookingdb.relay_restored is 'Queues what endpoints lack after a restore.';

commit;
