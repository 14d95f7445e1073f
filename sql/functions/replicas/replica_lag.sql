begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How far this server is behind its primary at most. While nobody commits, lag grows with time,
-- unless bookingdb_owner is a member of pg_read_all_stats (docs/replicas.md).
-- Returns lag, by the clocks of both servers, NULL when it cannot be told; bytes that were
-- received and are not replayed, NULL when nothing is received by streaming. On a primary both
-- are 0.
create function bookingdb.replica_lag(out lag interval, out bytes bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_is_in_recovery() then
    lag := clock_timestamp() - bookingdb.replayed_at();
    if lag < interval '0' then  -- the clocks differ
      lag := interval '0';
    end if;
    bytes := (pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn())::bigint;
  else
    lag := interval '0';
    bytes := 0;
  end if;
end $$;
comment on function bookingdb.replica_lag is 'How far this server is behind its primary at most.';

commit;
