begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says that the calling session, which listens to the channel bookingdb_availability, wants to
-- be told from now on which dates have changed, or that it does so no more. It holds until the
-- session ends: not for transaction poolers, nor where max_prepared_transactions is not 0.
-- While any session watches, each change of a booking or a schedule costs a NOTIFY.
create function bookingdb.watch_availability(p_watching boolean)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Those that somebody_listens() and tell_listeners() look at.
  if p_watching then
    perform pg_advisory_lock_shared(2026, 1123);
    perform pg_advisory_lock_shared(2026, 1122);
  else
    perform pg_advisory_unlock_shared(2026, 1122);
    perform pg_advisory_unlock_shared(2026, 1123);
  end if;
end $$;
comment on function bookingdb.watch_availability is 'Says that a cache of availability wants to be told of changes, or no more.';

commit;
