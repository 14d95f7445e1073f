begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The roles that are bound, and to which businesses; a bound login is told of its own only.
-- business_id is NULL for a role without a grant, which sees nothing unless its claims count.
-- problem says why a binding does not hold; NULL: it does.
create function bookingdb.list_business_grants()
returns table (
  role_name text, business_id uuid, business_name text, claims_count boolean, granted_by text,
  granted_at timestamptz, problem text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select g.role_name, g.business_id, b.name,
         coalesce(pg_has_role(r.oid, 'bookingdb_claims', 'member'), false), g.granted_by,
         g.granted_at,
         case when r.oid is null then 'there is no such role'
              when not pg_has_role(r.oid, 'bookingdb_tenant', 'member')
                then 'it is no member of bookingdb_tenant'
              else bookingdb.binding_problem(g.role_name)
         end
    from bookingdb.business_grants g
    join bookingdb.businesses b using (business_id)
    left join pg_catalog.pg_roles r on r.rolname = g.role_name
   where bookingdb.is_unbound()
      or pg_has_role(session_user, r.oid, 'member')
  union all
  select r.rolname, null, null, pg_has_role(r.oid, 'bookingdb_claims', 'member'), null, null,
         bookingdb.binding_problem(r.rolname::text)
    from pg_catalog.pg_roles r
   where exists (
       select from pg_catalog.pg_auth_members m
         join pg_catalog.pg_roles t on t.oid = m.roleid
        where m.member = r.oid and t.rolname in ('bookingdb_tenant', 'bookingdb_claims')
     )
     and r.rolname <> 'bookingdb_claims'
     and not pg_has_role(r.oid, 'bookingdb_owner', 'member')
     and not exists (select from bookingdb.business_grants g where g.role_name = r.rolname)
     and (bookingdb.is_unbound() or pg_has_role(session_user, r.oid, 'member'))
   order by 1, 3, 2;
end;
comment on function bookingdb.list_business_grants is 'The roles that are bound to businesses, and to which.';

commit;
