begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The next changes of a pass, in the order of their transactions. At least p_limit where there
-- are so many. Read by the index whatever the statistics say, as one reads a queue.
create function bookingdb.unseen_changes(p_cursor bookingdb.relay_cursor, p_limit int)
returns bookingdb.booking_audit_log[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_changes bookingdb.booking_audit_log[];
  v_missing int;
begin
  v_changes := array(
    select l
      from bookingdb.changes_running_then(p_cursor, p_cursor.target) l
     order by l.xid
     fetch first p_limit rows with ties
  );
  v_missing := p_limit - cardinality(v_changes);
  if v_missing <= 0 then
    return v_changes;
  end if;
  return v_changes || array(
    select l
      from bookingdb.changes_begun_since(p_cursor, p_cursor.target) l
     order by l.xid
     fetch first v_missing rows with ties
  );
end $$;
comment on function bookingdb.unseen_changes is 'The next changes of a pass of the relay.';

commit;
