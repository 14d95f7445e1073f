begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The instant before which every change is relayed: infinity when all are, -infinity on another
-- server than the one whose transaction ids the cursor knows.
create function bookingdb.relayed_until()
returns timestamptz
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
  if v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return timestamptz '-infinity';
  end if;
  return least(
    'infinity',
    (select min(l.created_at) from bookingdb.changes_running_then(v_cursor, v_now) l),
    (select min(l.created_at) from bookingdb.changes_begun_since(v_cursor, v_now) l));
end $$;
comment on function bookingdb.relayed_until is 'The instant before which every change is relayed.';

commit;
