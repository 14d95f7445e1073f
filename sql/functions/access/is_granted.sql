begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a login may see a business; for policies that judge row by row, and ask before
-- whether the login is marked at all.
create function bookingdb.is_granted(p_business_id uuid)
returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select pg_has_role(session_user, 'bookingdb_owner', 'member')
      or p_business_id = any (bookingdb.granted_businesses());
end;
comment on function bookingdb.is_granted is 'Whether a login may see a business.';

commit;
