begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- On a standby: an instant, by the primary's clock, of which all that was committed by then is
-- replayed here. The last commit's own; or, later than that, when the primary last wrote, if
-- nothing is missing of what it had then. That only bookingdb_owner with pg_read_all_stats is
-- told; without, the instant stands still while nobody commits.
-- NULL: it cannot be told. Nothing has been committed since the standby was started; or the
-- transaction sees what was there at its beginning, of which nobody knows how old it was.
create function bookingdb.replayed_at()
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    return null;
  end if;
  return (
    select greatest(pg_last_xact_replay_timestamp(), max(r.last_msg_send_time))
      from pg_stat_wal_receiver r
     where r.latest_end_lsn <= pg_last_wal_replay_lsn()
  );
end $$;
comment on function bookingdb.replayed_at is 'The instant by which all that was committed is replayed on this standby.';

commit;
