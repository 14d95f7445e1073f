begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether the login may see all businesses: grant_business() has not bound it. The owner and
-- superusers never are; they are members of every mark, so they are asked for last. The login
-- is session_user, which neither SET ROLE nor SECURITY DEFINER changes. Two calls into C,
-- which the planner writes into the queries that the policies guard.
create function bookingdb.is_unbound()
returns boolean
language sql
stable
parallel safe
begin atomic
  select not pg_has_role(session_user, 'bookingdb_tenant', 'member')
      or pg_has_role(session_user, 'bookingdb_owner', 'member');
end;
comment on function bookingdb.is_unbound is 'Whether the login may see all businesses.';

commit;
