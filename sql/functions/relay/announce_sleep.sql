begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says that the calling session, a dispatcher that listens to the channel bookingdb, sleeps
-- from now on and wants to be woken, or that it is awake again. It holds until the session
-- ends: not for transaction poolers. Look at idle_time() after this and before sleeping.
create function bookingdb.announce_sleep(p_asleep boolean)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The lock that wake_dispatcher() looks at.
  if p_asleep then
    perform pg_advisory_lock_shared(2026, 1122);
  else
    perform pg_advisory_unlock_shared(2026, 1122);
  end if;
end $$;
comment on function bookingdb.announce_sleep is 'Says that a dispatcher sleeps and wants to be woken, or is awake again.';

commit;
