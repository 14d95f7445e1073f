begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Objects that were shipped and are not there. What is planned and not deployed yet, only
-- `bookingdb health` can know.
create function bookingdb.measure_migrations()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'All that was shipped is there.'
             else format('Objects that are missing: %s, namely %s.', count(*), string_agg(m.object, ', ')) end,
           'bookingdb migrate deploys what is missing; bookingdb status shows how far it got.',
           null)::bookingdb.health_reading
    from (
      select s.object
        from bookingdb.shipped_grants() s
       where s.kind in ('routine', 'table', 'type')
      except
      (select p.proname from pg_catalog.pg_proc p where p.pronamespace = 'bookingdb'::regnamespace
       union all
       select c.relname from pg_catalog.pg_class c where c.relnamespace = 'bookingdb'::regnamespace
       union all
       select t.typname from pg_catalog.pg_type t where t.typnamespace = 'bookingdb'::regnamespace)
    ) m;
end;
comment on function bookingdb.measure_migrations is 'Objects of the schema that are missing.';

commit;
