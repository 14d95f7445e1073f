begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Looks for everything that must never be: counters that differ from a recount, slots over
-- their limits, bookings without slot, gaps in the audit log, guards that are switched off,
-- webhooks that can never be sent, bindings to businesses that do not hold.
-- Reads all; run it in the quiet. Returns the findings; no row means sound.
create function bookingdb.check_integrity()
returns table (check_name text, object text, detail text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set bytea_output = 'hex'
as $$
begin
  return query
    select * from bookingdb.check_counters()
    union all
    select * from bookingdb.check_audit()
    union all
    select * from bookingdb.check_guards()
    union all
    select * from bookingdb.check_webhooks()
    union all
    select * from bookingdb.check_isolation();
end $$;
comment on function bookingdb.check_integrity is 'Everything that must never be and yet is; no row means sound.';

commit;
