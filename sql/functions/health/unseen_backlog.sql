begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many changes a cursor's snapshot does not see that are committed by now, and the oldest
-- of them; the 1000 that were begun first are looked at. Read by the index, as one reads a
-- queue.
create function bookingdb.unseen_backlog(
  p_cursor bookingdb.relay_cursor,
  out change_count bigint,
  out oldest_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_now constant pg_snapshot := pg_current_snapshot();
begin
  select count(*), min(c.created_at)
    into change_count, oldest_at
    from (
      (select r.created_at from bookingdb.changes_running_then(p_cursor, v_now) r limit 1000)
      union all
      (select b.created_at
         from bookingdb.changes_begun_since(p_cursor, v_now) b
        order by b.xid
        limit 1000)
    ) c;
end $$;
comment on function bookingdb.unseen_backlog is 'How many changes a cursor does not see yet, and the oldest of them.';

commit;
