begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The changes of transactions that were running when the cursor's snapshot `seen` was taken, as
-- far as p_by sees them. Their ids are lower than those of changes_begun_since().
create function bookingdb.changes_running_then(p_cursor bookingdb.relay_cursor, p_by pg_snapshot)
returns setof bookingdb.booking_audit_log
language sql
stable
begin atomic
  select c.*
    from pg_snapshot_xip(p_cursor.seen) as running (xid)
   cross join lateral (
     select l.*
       from bookingdb.booking_audit_log l
      where l.xid = running.xid
     offset 0  -- one look into the index each, whatever order is asked for
   ) c
   where running.xid > p_cursor.target_position
     and pg_visible_in_snapshot(running.xid, p_by);
end;
comment on function bookingdb.changes_running_then is 'The changes of transactions that ran at the relay''s last snapshot.';

commit;
