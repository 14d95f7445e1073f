begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether the next statement sees what a token of write_token() stands for, and nothing that is
-- older than p_max_lag. A primary does. The next: a statement, or a transaction of REPEATABLE
-- READ, that has begun by now may see less.
-- '0/0' is a token that stands for nothing. NULL for p_max_lag: of any age.
-- Raises ZB012 for a token that is NULL.
create function bookingdb.has_replayed(p_token pg_lsn, p_max_lag interval default null)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_token is null then
    perform bookingdb.fail('ZB012', 'A token is required; ''0/0'' stands for nothing.', 'p_token');
  end if;
  return not pg_is_in_recovery()
      or pg_last_wal_replay_lsn() >= p_token
         and (p_max_lag is null or (select r.lag <= p_max_lag from bookingdb.replica_lag() r) is true);
end $$;
comment on function bookingdb.has_replayed is 'Whether the next statement sees what a token stands for.';

commit;
