begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tells those who listen, at the commit: sleeping dispatchers that there is something to do,
-- and caches of availability which dates of a business have changed, NULL for all. Everybody
-- may listen, so that the business is named by a digest, which only who knows its id can tell.
create function bookingdb.tell_listeners(
  p_business_id uuid, p_from date default null, p_to date default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.wake_dispatcher();
  -- The lock of watch_availability().
  if not (pg_try_advisory_lock(2026, 1123) and pg_advisory_unlock(2026, 1123)) then
    perform pg_notify('bookingdb_availability', concat_ws(
      ' ', encode(sha256(uuid_send(p_business_id)), 'hex'), to_char(p_from, 'YYYY-MM-DD'),
      to_char(p_to, 'YYYY-MM-DD')));
  end if;
end $$;
comment on function bookingdb.tell_listeners is 'Tells those who listen what has changed.';

commit;
