begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tells sleeping dispatchers that there is something to do, at the commit. It is a hint: they
-- look by themselves now and then.
-- NOTIFY makes commits queue for one lock, and a transaction with one cannot be prepared. So it
-- is only sent where a dispatcher sleeps, which holds this advisory lock shared while it does,
-- and never where transactions can be prepared.
create function bookingdb.wake_dispatcher()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('max_prepared_transactions') = '0'
     -- In one expression, so that no cancelled statement leaves the session with the lock.
     and not (pg_try_advisory_lock(2026, 1122) and pg_advisory_unlock(2026, 1122)) then
    perform pg_notify('bookingdb', '');
  end if;
end $$;
comment on function bookingdb.wake_dispatcher is 'Tells sleeping dispatchers that there is something to do.';

commit;
