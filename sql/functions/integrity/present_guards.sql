begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The triggers and constraints that are there, by table or domain, without keys and NOT NULL.
create function bookingdb.present_guards()
returns table (table_name text, guard_name text)
language sql
stable
begin atomic
  select c.relname::text, t.tgname::text
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'bookingdb'
     and not t.tgisinternal
     and not c.relispartition
  union all
  select c.relname::text, k.conname::text
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'bookingdb'
     and k.contype in ('c', 'f', 'x')
     and not c.relispartition
  union all
  select t.typname::text, k.conname::text
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_type t on t.oid = k.contypid
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
   where n.nspname = 'bookingdb'
     and k.contype = 'c';
end;
comment on function bookingdb.present_guards is 'The triggers and constraints that are there.';

commit;
