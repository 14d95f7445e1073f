begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Triggers and constraints that are missing or switched off. Reads catalogs only.
create function bookingdb.missing_guards()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select 'guard_missing', g.table_name, g.guard_name
    from (
      select * from bookingdb.shipped_guards()
      except
      select * from bookingdb.present_guards()
    ) g
  union all
  select 'trigger_disabled', t.tgrelid::regclass::text, t.tgname::text
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
   where c.relnamespace = 'bookingdb'::regnamespace
     and t.tgenabled <> 'O'
  union all
  select 'constraint_not_valid',
         coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text), c.conname::text
    from pg_catalog.pg_constraint c
   where c.connamespace = 'bookingdb'::regnamespace
     and not c.convalidated;
end;
comment on function bookingdb.missing_guards is 'Triggers and constraints that are missing or switched off.';

commit;
