begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Everything in the schema that privileges can be granted on: `target` as GRANT and ALTER name
-- it, `shipped_as` the name under which shipped_grants() has it. A partition stands for its
-- table; a column is there only if it has privileges of its own.
create function bookingdb.present_objects()
returns table (
  kind text, shipped_as text, target text, column_name text, owner oid, acl aclitem[],
  default_acl aclitem[]
)
language sql
stable
begin atomic
  select o.kind, o.shipped_as, o.target, o.column_name, o.owner,
         coalesce(o.acl, o.default_acl), o.default_acl
    from (
      select 'schema', n.nspname::text, format('schema %I', n.nspname), null::text, n.nspowner,
             n.nspacl, acldefault('n', n.nspowner)
        from pg_catalog.pg_namespace n
       where n.nspname = 'bookingdb'
      union all
      select case c.relkind when 'S' then 'sequence' else 'table' end,
             coalesce(p.relname, c.relname)::text,
             format('%s %s', case c.relkind when 'S' then 'sequence' else 'table' end,
                    c.oid::regclass),
             null, c.relowner, c.relacl,
             acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)
        from pg_catalog.pg_class c
        left join pg_catalog.pg_inherits i on c.relispartition and i.inhrelid = c.oid
        left join pg_catalog.pg_class p on p.oid = i.inhparent
       where c.relnamespace = 'bookingdb'::regnamespace
         and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      union all
      select 'column', format('%s.%s', c.relname, a.attname), format('table %s', c.oid::regclass),
             a.attname::text, c.relowner, a.attacl, acldefault('c', c.relowner)
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'bookingdb'::regnamespace
         and a.attacl is not null
         and not a.attisdropped
      union all
      select 'routine', p.proname::text, format('routine %s', p.oid::regprocedure), null,
             p.proowner, p.proacl, acldefault('f', p.proowner)
        from pg_catalog.pg_proc p
       where p.pronamespace = 'bookingdb'::regnamespace
      union all
      select 'type', t.typname::text, format('type %s', t.oid::regtype), null, t.typowner,
             t.typacl, acldefault('T', t.typowner)
        from pg_catalog.pg_type t
        left join pg_catalog.pg_class c on c.oid = t.typrelid
       where t.typnamespace = 'bookingdb'::regnamespace
         and t.typcategory <> 'A'
         and (t.typacl is not null or c.relkind is null or c.relkind = 'c')  -- no row types
    ) as o (kind, shipped_as, target, column_name, owner, acl, default_acl);
end;
comment on function bookingdb.present_objects is 'Everything in the schema that privileges can be granted on.';

commit;
