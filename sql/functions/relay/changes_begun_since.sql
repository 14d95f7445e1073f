begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The changes of transactions that began after the cursor's snapshot `seen`, as far as p_by
-- sees them. Rows that came from another server with a restore keep transaction ids that mean
-- nothing here; relay_restored() looked after them.
create function bookingdb.changes_begun_since(p_cursor bookingdb.relay_cursor, p_by pg_snapshot)
returns setof bookingdb.booking_audit_log
language sql
stable
begin atomic
  select l.*
    from bookingdb.booking_audit_log l
   where l.xid >= pg_snapshot_xmax(p_cursor.seen)
     and l.xid > p_cursor.target_position
     and l.xid < pg_snapshot_xmax(p_by)
     and pg_visible_in_snapshot(l.xid, p_by)
     and not (l.created_at < p_cursor.restored_at and l.xid >= p_cursor.restored_xmax);
end;
comment on function bookingdb.changes_begun_since is 'The changes of transactions that began after the relay''s last snapshot.';

commit;
