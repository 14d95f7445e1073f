begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_role is a role that can be bound to businesses.
create function bookingdb.check_role(p_role text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text := bookingdb.binding_problem(p_role);
begin
  if not exists (select from pg_roles r where r.rolname = p_role) then
    v_problem := format('there is no role %s', coalesce(quote_ident(left(p_role, 63)), 'NULL'));
  end if;
  if p_role in ('bookingdb_owner', 'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor',
                'bookingdb_dispatcher', 'bookingdb_tenant', 'bookingdb_claims')
  then
    v_problem := 'the roles of bookingdb are for all logins';
  end if;
  if v_problem is not null then
    perform bookingdb.fail('ZB012', format('It cannot be bound: %s.', v_problem), 'p_role');
  end if;
end $$;
comment on function bookingdb.check_role is 'Raises ZB012 unless a role can be bound to businesses.';

commit;
