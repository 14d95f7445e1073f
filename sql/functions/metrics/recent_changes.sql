begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Changes since p_since, the latest p_limit of them. Walks the index on transactions backwards,
-- so it reads no more than it returns. A transaction writes after it got its id, so nothing
-- younger than p_since comes before the first that is older, but for changes of transactions
-- that had begun by then.
create function bookingdb.recent_changes(p_since timestamptz, p_limit int)
returns table (business_id uuid, action_type bookingdb.booking_action, created_at timestamptz)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_cursor bookingdb.relay_cursor;
begin
  select * into strict v_cursor from bookingdb.relay_cursor;
  for business_id, action_type, created_at in
    select l.business_id, l.action_type, l.created_at
      from bookingdb.booking_audit_log l
     where l.created_at >= date_trunc('month', p_since, 'UTC')
       and l.xid < pg_snapshot_xmax(pg_current_snapshot())
       -- Ids of another server mean nothing here.
       and (l.xid < v_cursor.restored_xmax or l.created_at >= v_cursor.restored_at)
     order by l.xid desc
     limit p_limit
  loop
    exit when created_at < p_since;
    return next;
  end loop;
end $$;
comment on function bookingdb.recent_changes is 'The latest changes of bookings.';

commit;
