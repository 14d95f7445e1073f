begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why binding a role to businesses would not hold, or NULL: what it, or a login that is a
-- member of it, may do beside the policies. Superusers and members of the owner among its
-- members are not meant: they are not bound.
create function bookingdb.binding_problem(p_role text)
returns text
language sql
stable
begin atomic
  select case
           when m.rolname = r.rolname then format('%I %s', m.rolname, w.what)
           else format('%I is a member of %I, which %s', m.rolname, r.rolname, w.what)
         end
    from pg_catalog.pg_roles p
    join pg_catalog.pg_roles m
      on m.oid = p.oid
      or pg_has_role(m.oid, p.oid, 'member')
         and not m.rolsuper
         and not pg_has_role(m.oid, 'bookingdb_owner', 'member')
    join pg_catalog.pg_roles r on pg_has_role(m.oid, r.oid, 'member')
   cross join lateral (
     select case
       when r.rolsuper then 'is a superuser'
       when r.rolbypassrls then 'has BYPASSRLS'
       when r.rolcreaterole then 'may create roles'
       when r.rolreplication then 'may replicate'
       when r.rolname = 'bookingdb_owner' then 'owns the tables'
       when r.rolname in ('pg_read_server_files', 'pg_write_server_files',
                          'pg_execute_server_program') then 'reaches the files of the server'
       when r.rolname = 'pg_read_all_stats' then 'reads what others run'
       when r.rolname in ('bookingdb_tenant', 'bookingdb_claims')
         and pg_has_role(m.oid, r.oid, 'member with admin option') then 'it could leave itself'
     end
   ) as w (what)
   where p.rolname = p_role
     and w.what is not null
   order by m.oid <> p.oid, m.rolname, r.oid <> m.oid, r.rolname
   limit 1;
end;
comment on function bookingdb.binding_problem is 'Why binding a role to businesses would not hold, or NULL.';

commit;
