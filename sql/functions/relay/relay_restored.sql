begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- relay_events() on another server than the one whose transaction ids the cursor knows: queues
-- what an endpoint should have and does not. When nothing is missing any more, the cursor
-- begins anew here, and rows that are written from then on bear the number of this server: the
-- ids of those before could be any, also some that are still to come.
-- Locks: at the end the audit log, so that nobody is writing rows with the old number.
create function bookingdb.relay_restored(p_limit int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number constant int := (select c.server_number + 1 from bookingdb.relay_cursor c);
  v_changes bookingdb.booking_audit_log[] := bookingdb.missing_changes(p_limit);
begin
  if cardinality(v_changes) < p_limit then
    lock table bookingdb.booking_audit_log in access exclusive mode;
    v_changes := bookingdb.missing_changes(p_limit);
  end if;
  perform bookingdb.queue_changes(v_changes, c.relay_pass) from bookingdb.relay_cursor c;
  if cardinality(v_changes) < p_limit then
    execute format(
      'alter table bookingdb.booking_audit_log alter server_number set default %L', v_number);
    update bookingdb.relay_cursor c
       set seen = bookingdb.others_snapshot(),
           target = null,
           target_position = '0',
           relay_pass = c.relay_pass + 1,
           server_number = v_number,
           system_identifier = (select s.system_identifier from pg_control_system() s);
  end if;
  return cardinality(v_changes);
end $$;
comment on function bookingdb.relay_restored is 'Queues what endpoints lack after a restore.';

commit;
