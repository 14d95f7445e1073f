begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The next changes of a pass, in the order of their transactions: those that the snapshot
-- `seen` did not see and `target` does. At least p_limit where there are so many. Read by the
-- index whatever the statistics say, as one reads a queue.
-- Those that came with a restore have the ids of another server: once this one has got so far,
-- they look new. Queueing them again does nothing, unless their deliveries have been purged.
create function bookingdb.unseen_changes(p_cursor bookingdb.relay_cursor, p_limit int)
returns bookingdb.booking_audit_log[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  return array(
    select u.change
      from (
        select l.xid, l as change
          from bookingdb.booking_audit_log l
         where l.xid = any (array(select pg_snapshot_xip(p_cursor.seen)))
        union all
        select l.xid, l
          from bookingdb.booking_audit_log l
         where l.xid >= pg_snapshot_xmax(p_cursor.seen)
           and l.xid < pg_snapshot_xmax(p_cursor.target)
           and l.created_at > least(p_cursor.restored_until, p_cursor.settled_before)
      ) u
     where u.xid > p_cursor.target_position
       and pg_visible_in_snapshot(u.xid, p_cursor.target)
     order by u.xid
     fetch first p_limit rows with ties
  );
end $$;
comment on function bookingdb.unseen_changes is 'The next changes of a pass of the relay.';

commit;
