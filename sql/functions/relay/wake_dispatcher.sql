begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tells sleeping dispatchers that there is something to do, at the commit. It is a hint: they
-- look by themselves now and then. Only those that sleep, since NOTIFY makes commits queue for
-- one lock.
create function bookingdb.wake_dispatcher()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if bookingdb.somebody_listens() then
    perform pg_notify('bookingdb', '');
  end if;
end $$;
comment on function bookingdb.wake_dispatcher is 'Tells sleeping dispatchers that there is something to do.';

commit;
