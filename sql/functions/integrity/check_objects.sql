begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What others own in the schema; functions that trust the caller's search_path (see
-- docs/decisions/0007); two functions of one name, of which one is not ours; triggers and rules
-- that were switched off or added.
create function bookingdb.check_objects()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  select 'critical'::bookingdb.severity, 'object_owner', o.target,
         format('%s owns it: read what it is before you take it over', r.rolname),
         format('alter %s owner to bookingdb_owner', o.target)
    from bookingdb.present_objects() o
    join pg_catalog.pg_roles r on r.oid = o.owner
   where o.column_name is null
     and r.rolname <> 'bookingdb_owner'
  union all
  select 'critical', 'function_search_path', p.oid::regprocedure::text,
         'it looks names up where its caller says',
         format('alter routine %s set search_path = pg_catalog, pg_temp', p.oid::regprocedure)
    from pg_catalog.pg_proc p
    join pg_catalog.pg_language l on l.oid = p.prolang
   where p.pronamespace = 'bookingdb'::regnamespace
     and (p.prosecdef or l.lanname = 'plpgsql' and p.prokind = 'f' and (
            p.prorettype = 'trigger'::regtype
            or exists (select from aclexplode(p.proacl) a where a.grantee <> p.proowner)))
     and not coalesce(p.proconfig, '{}') @> '{"search_path=pg_catalog, pg_temp"}'
  union all
  select 'critical', 'function_overloaded', p.proname::text,
         format('there are %s of that name, and one was shipped: drop the others', count(*)), null
    from pg_catalog.pg_proc p
   where p.pronamespace = 'bookingdb'::regnamespace
   group by p.proname
  having count(*) > 1
  union all
  select 'critical', 'trigger_disabled', t.tgrelid::regclass::text,
         format('trigger %I fires %s', t.tgname, case t.tgenabled
                  when 'D' then 'never' when 'R' then 'in replicas only' else 'in replicas too' end),
         format('alter table %s enable trigger %I', t.tgrelid::regclass, t.tgname)
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
   where c.relnamespace = 'bookingdb'::regnamespace
     and t.tgenabled <> 'O'
  union all
  select 'warning', 'trigger_added', t.tgrelid::regclass::text,
         format('trigger %I calls %s', t.tgname, t.tgfoid::regprocedure),
         format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    left join pg_catalog.pg_inherits i on i.inhrelid = c.oid
    left join pg_catalog.pg_class p on p.oid = i.inhparent
   where c.relnamespace = 'bookingdb'::regnamespace
     and not t.tgisinternal
     and t.tgparentid = 0
     and (coalesce(p.relname, c.relname)::text, t.tgname::text)
         not in (select * from bookingdb.shipped_guards());
end;
comment on function bookingdb.check_objects is 'What others own, opened, switched off or added in the schema.';

commit;
