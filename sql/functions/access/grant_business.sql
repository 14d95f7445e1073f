begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Binds a role to a business: a login that is the role, or a member of it, sees and writes the
-- businesses of its grants from then on, and nothing of any other, also in sessions that are
-- open. It gives no right to call or read anything: grant bookingdb_app or another role as
-- well. A login is bound on the whole server; in a database without a grant for it, it sees
-- nothing.
-- Locks: none that bookings wait for.
-- Returns the grant, also one that was there before. Raises ZB012 for a role that is not there
-- or that no policy holds (superusers, BYPASSRLS and the like), and an unknown business; 42501
-- for a login that is bound itself.
create function bookingdb.grant_business(
  p_role text,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.business_grants
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text;
  v_grant bookingdb.business_grants;
begin
  perform bookingdb.refuse_bound('grant_business()');
  v_outer := bookingdb.begin_actor(p_actor);
  perform bookingdb.check_role(p_role);
  perform bookingdb.get_business(p_business_id);
  insert into bookingdb.business_grants (business_id, role_name)
  values (p_business_id, p_role)
  on conflict do nothing;
  perform bookingdb.mark_role(p_role, 'bookingdb_tenant');
  select * into strict v_grant
    from bookingdb.business_grants g
   where g.business_id = p_business_id
     and g.role_name = p_role;
  perform bookingdb.end_actor(v_outer);
  return v_grant;
end $$;
comment on function bookingdb.grant_business is 'Binds a role to a business: it sees and writes no other.';

commit;
