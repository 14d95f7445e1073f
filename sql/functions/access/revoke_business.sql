begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes a business from a role. The role stays bound: without any grant it sees nothing.
-- unbind_role() lets it see all again.
-- Returns the grant that is gone. Raises ZB012 when there is none; 42501 for a login that is
-- bound itself.
create function bookingdb.revoke_business(
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
  perform bookingdb.refuse_bound('revoke_business()');
  v_outer := bookingdb.begin_actor(p_actor);
  delete from bookingdb.business_grants g
   where g.business_id = p_business_id
     and g.role_name = p_role
  returning * into v_grant;
  if not found then
    perform bookingdb.fail('ZB012', 'It is not bound to this business.', 'p_role');
  end if;
  perform bookingdb.end_actor(v_outer);
  return v_grant;
end $$;
comment on function bookingdb.revoke_business is 'Takes a business from a role, which stays bound.';

commit;
