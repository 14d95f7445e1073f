begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Roles of ours, and logins that work with bookingdb, that may more than they should: by
-- attribute, by membership, by owning the database. Who may act as the owner otherwise is
-- told for information: somebody has to deploy.
create function bookingdb.check_roles()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  with ours as (
    select s.role_name from bookingdb.shipped_roles() s
  ), logins as (
    select l.login, l.login_name from bookingdb.application_logins() l
  )
  select 'critical'::bookingdb.severity,
         case when r.rolname in (select role_name from ours) then 'role_attribute'
              else 'login_attribute' end,
         r.rolname::text, format('it has %s', a.attribute),
         format('alter role %I no%s', r.rolname, lower(a.attribute))
    from pg_catalog.pg_roles r
   cross join lateral (
     values ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls),
            ('CREATEROLE', r.rolcreaterole), ('REPLICATION', r.rolreplication),
            ('LOGIN', r.rolcanlogin and r.rolname in (select role_name from ours)),
            ('CREATEDB', r.rolcreatedb and r.rolname in (select role_name from ours))
   ) as a (attribute, has)
   where a.has
     and (r.rolname in (select role_name from ours)
          or r.oid in (select login from logins))
  union all
  select distinct 'critical'::bookingdb.severity, 'role_membership', m.member_name,
         format('it is a member of %s', m.via), m.revocation
    from bookingdb.role_members(array(select rolname::text from pg_catalog.pg_roles)) m
   where m.member_name in (select role_name from ours)
     and m.role_name = m.via
     and (m.member_name, m.via) not in (  -- the marks of bound logins, and what health() asks for
       ('bookingdb_owner', 'bookingdb_tenant'), ('bookingdb_owner', 'bookingdb_claims'),
       ('bookingdb_claims', 'bookingdb_tenant'), ('bookingdb_owner', 'pg_read_all_stats'))
  union all
  select case when m.member in (select login from logins) then 'critical' else 'info'
         end::bookingdb.severity,
         case when m.member in (select login from logins) then 'login_is_owner'
              else 'owner_member' end,
         m.member_name, format('it can act as bookingdb_owner, by way of %s', m.via),
         case when m.member in (select login from logins) then m.revocation end
    from bookingdb.role_members('{bookingdb_owner}') m
   where m.member_name not in (select role_name from ours)
  union all
  select distinct 'critical'::bookingdb.severity, 'login_privileged', m.member_name,
         format('it has the rights of %s', m.role_name), m.revocation
    from bookingdb.role_members('{pg_read_all_data,pg_write_all_data,pg_read_server_files,
           pg_write_server_files,pg_execute_server_program,pg_maintain}') m
   where m.member in (select login from logins);
end;
comment on function bookingdb.check_roles is 'Roles and logins that may more than they should.';

commit;
