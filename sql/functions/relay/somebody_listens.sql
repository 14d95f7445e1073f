begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a session wants to be notified of changes: a dispatcher that sleeps, or a cache of
-- availability. It holds this advisory lock shared while it does. Never where transactions can
-- be prepared, which they cannot be with a NOTIFY.
create function bookingdb.somebody_listens()
returns boolean
language sql
begin atomic
  -- In one expression, so that no cancelled statement leaves the session with the lock.
  select current_setting('max_prepared_transactions') = '0'
     and not (pg_try_advisory_lock(2026, 1122) and pg_advisory_unlock(2026, 1122));
end;
comment on function bookingdb.somebody_listens is 'Whether a session wants to be notified of changes.';

commit;
