begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The one clock. Not now(): after a wait for a lock that is stale, and a hold may have run out
-- meanwhile. Marked stable, so that one statement judges all its rows by one instant. No
-- setting changes it, since any client could set that; tests replace the function.
create function bookingdb.clock_now()
returns timestamptz
language plpgsql
stable
parallel safe
as $$
begin
  return pg_catalog.clock_timestamp();
end $$;
comment on function bookingdb.clock_now is 'The present instant, by which every expiry and deadline is judged.';

commit;
