begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets a role see all businesses again: takes all its grants and its marks. The marks belong to
-- the whole server: it is free in each database of it.
-- Returns how many grants are gone. Raises ZB012 for a role that is not bound, or that stays so
-- because it is a member of another role that is, or because somebody else marked it; 42501 for
-- a login that is bound itself.
create function bookingdb.unbind_role(p_role text, p_actor jsonb default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text;
  v_count int;
  v_is_there boolean := exists (select from pg_roles r where r.rolname = p_role);
begin
  perform bookingdb.refuse_bound('unbind_role()');
  v_outer := bookingdb.begin_actor(p_actor);
  delete from bookingdb.business_grants g where g.role_name = p_role;
  get diagnostics v_count = row_count;
  if v_count = 0 and not (v_is_there and pg_has_role(p_role, 'bookingdb_tenant', 'member'))
    or p_role like 'bookingdb\_%' or p_role is null
  then
    perform bookingdb.fail('ZB012', 'It is not bound.', 'p_role');
  end if;
  if v_is_there then
    execute format('revoke bookingdb_tenant, bookingdb_claims from %I', p_role);
    if pg_has_role(p_role, 'bookingdb_tenant', 'member') then
      perform bookingdb.fail('ZB012', 'It is a member of bookingdb_tenant by another grant.', 'p_role');
    end if;
  end if;
  perform bookingdb.end_actor(v_outer);
  return v_count;
end $$;
comment on function bookingdb.unbind_role is 'Lets a role see all businesses again.';

commit;
