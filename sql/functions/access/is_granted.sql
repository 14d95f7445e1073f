begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a bound login may see a business; for policies that judge row by row.
create function bookingdb.is_granted(p_business_id uuid)
returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select p_business_id = any (bookingdb.granted_businesses());
end;
comment on function bookingdb.is_granted is 'Whether a bound login may see a business.';

commit;
