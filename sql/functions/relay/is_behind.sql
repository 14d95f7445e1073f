begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when the audit log has changes that are not relayed.
create function bookingdb.is_behind()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
as $$
declare
  v_cursor bookingdb.relay_cursor;
  v_now pg_snapshot := pg_current_snapshot();
begin
  select * into strict v_cursor from bookingdb.relay_cursor;
  return v_cursor.target is not null
         or v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s)
         or exists (select from bookingdb.changes_begun_since(v_cursor, v_now))
         or exists (select from bookingdb.changes_running_then(v_cursor, v_now));
end $$;
comment on function bookingdb.is_behind is 'True when the audit log has changes that are not relayed.';

commit;
