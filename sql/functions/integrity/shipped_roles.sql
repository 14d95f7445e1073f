begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The roles of bookingdb: its owner, and all that something was granted to.
create function bookingdb.shipped_roles()
returns table (role_name text)
language sql
stable
begin atomic
  select 'bookingdb_owner'
  union
  select s.grantee from bookingdb.shipped_grants() s;
end;
comment on function bookingdb.shipped_roles is 'The roles of bookingdb.';

commit;
