begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Privileges that objects made later would get: as shipped, none but their owner's.
create function bookingdb.check_default_privileges()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  with kinds (letter, kind) as (
    values ('r', 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types'), ('n', 'schemas'),
           ('L', 'large objects')
  )
  select 'critical'::bookingdb.severity, 'default_privilege_added',
         format('%s made by %s%s', k.kind, o.rolname, ' in schema ' || n.nspname),
         format('%s may %s', coalesce(g.rolname, 'public'), lower(a.privilege_type)),
         format('alter default privileges for role %I%s revoke %s on %s from %s', o.rolname,
                ' in schema ' || quote_ident(n.nspname), lower(a.privilege_type), k.kind,
                coalesce(quote_ident(g.rolname), 'public'))
    from pg_catalog.pg_default_acl d
    join kinds k on k.letter = d.defaclobjtype::text
    join pg_catalog.pg_roles o on o.oid = d.defaclrole
    left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
   cross join lateral aclexplode(d.defaclacl) a
    left join pg_catalog.pg_roles g on g.oid = a.grantee
   where (o.rolname = 'bookingdb_owner' or n.nspname = 'bookingdb')
     and a.grantee <> d.defaclrole
  union all
  select 'critical', 'default_privilege_not_revoked', format('%s made by bookingdb_owner', s.kind),
         format('public may %s', s.privilege),
         format('alter default privileges for role bookingdb_owner revoke %s on %s from public',
                s.privilege, s.kind)
    from (values ('f', 'functions', 'execute'), ('T', 'types', 'usage')) s (letter, kind, privilege)
   where not exists (
     select from pg_catalog.pg_default_acl d
      where d.defaclrole = to_regrole('bookingdb_owner')
        and d.defaclnamespace = 0
        and d.defaclobjtype::text = s.letter
   );
end;
comment on function bookingdb.check_default_privileges is 'Privileges that objects made later would get.';

commit;
