begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What would let a bound login see another business: tables without forced row-level security
-- or without a policy or with one of somebody else's, and bindings that do not hold.
create function bookingdb.check_isolation()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select 'row_security_off', c.relname::text, 'alter table ... enable, force row level security'
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'bookingdb'
     and c.relkind in ('r', 'p')
     and not (c.relrowsecurity and c.relforcerowsecurity)
  union all
  select 'policy_missing', c.relname::text, 'secure_table() makes it'
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'bookingdb'
     and c.relkind in ('r', 'p')
     and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
  union all
  select 'policy_unknown', p.polrelid::regclass::text, p.polname::text
    from pg_catalog.pg_policy p
    join pg_catalog.pg_class c on c.oid = p.polrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'bookingdb'
     and p.polname not in ('own_business', 'own_made', 'own_changed', 'own_deleted', 'own_roles',
                           'unbound', 'for_functions', 'looked_at_by_functions',
                           'written_by_trigger', 'never_moved_by_functions')
  union all
  select 'binding', g.role_name, g.problem
    from bookingdb.list_business_grants() g
   where g.problem is not null;
end;
comment on function bookingdb.check_isolation is 'What would let a bound login see another business.';

commit;
