begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who is a member of roles, also by way of others: each member with the membership that makes
-- it one. A membership that only lets somebody grant it, as PostgreSQL 16 gives whoever makes
-- a role, is none.
create function bookingdb.role_members(p_roles text[])
returns table (role_name text, member oid, member_name text, can_login boolean, via text, revocation text)
language sql
stable
begin atomic
  with recursive edges as (
    select m.roleid, m.member, m.grantor
      from pg_catalog.pg_auth_members m
     where coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
        or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
  ), members (root, roleid, member, grantor) as (
    select e.roleid, e.roleid, e.member, e.grantor
      from edges e
      join pg_catalog.pg_roles r on r.oid = e.roleid
     where r.rolname = any (p_roles)
    union
    select w.root, e.roleid, e.member, e.grantor
      from members w
      join edges e on e.roleid = w.member
  )
  select root.rolname::text, m.oid, m.rolname::text, m.rolcanlogin, via.rolname::text,
         format('revoke %I from %I%s', via.rolname, m.rolname, ' granted by ' || quote_ident(g.rolname))
    from members w
    join pg_catalog.pg_roles root on root.oid = w.root
    join pg_catalog.pg_roles via on via.oid = w.roleid
    join pg_catalog.pg_roles m on m.oid = w.member
    left join pg_catalog.pg_roles g on g.oid = w.grantor;
end;
comment on function bookingdb.role_members is 'Who is a member of roles, also by way of others.';

commit;
