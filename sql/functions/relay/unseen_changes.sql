begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The next changes of a pass, in the order of their transactions. At least p_limit where there
-- are so many. Read by the index whatever the statistics say, as one reads a queue. A set, no
-- array: those of one transaction may be more than fit into memory.
create function bookingdb.unseen_changes(p_cursor bookingdb.relay_cursor, p_limit int)
returns setof bookingdb.booking_audit_log
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_count int;
begin
  return query
  select *
    from bookingdb.changes_running_then(p_cursor, p_cursor.target) l
   order by l.xid
   fetch first p_limit rows with ties;
  get diagnostics v_count = row_count;
  if v_count < p_limit then
    return query
    select *
      from bookingdb.changes_begun_since(p_cursor, p_cursor.target) l
     order by l.xid
     fetch first (p_limit - v_count) rows with ties;
  end if;
end $$;
comment on function bookingdb.unseen_changes is 'The next changes of a pass of the relay.';

commit;
