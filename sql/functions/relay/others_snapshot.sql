begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What other transactions have committed by now. The caller's own counts as under way, where
-- pg_current_snapshot() may call it done: it can still write.
create function bookingdb.others_snapshot()
returns pg_snapshot
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant xid8 := pg_current_xact_id();
  v_now constant pg_snapshot := pg_current_snapshot();
begin
  if not pg_visible_in_snapshot(v_own, v_now) then
    return v_now;
  end if;
  return (
    select format('%s:%s:%s', pg_snapshot_xmin(v_now), pg_snapshot_xmax(v_now),
                  string_agg(x.xid::text, ',' order by x.xid))
      from (select pg_snapshot_xip(v_now) union all select v_own) as x (xid))::pg_snapshot;
end $$;
comment on function bookingdb.others_snapshot is 'What other transactions have committed by now.';

commit;
