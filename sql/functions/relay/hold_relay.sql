begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Holds the relay up until the transaction ends, for who changes which endpoint is to get what:
-- a relay that goes on then sees it. An UPDATE, as one at REPEATABLE READ would go on with what
-- it saw before if the row were only locked; so it fails with 40001, and is called again.
create function bookingdb.hold_relay()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update bookingdb.relay_cursor c
     set only_one = true;
end $$;
comment on function bookingdb.hold_relay is 'Holds the relay up until the transaction ends.';

commit;
