begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tables with a business_id that show every business to whoever may read them: row-level
-- security is off, does not bind the owner, or has no policy. Partitions too, since they can
-- be read past their table.
create function bookingdb.check_row_security()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  with tables as (
    select c.oid, c.relrowsecurity, c.relforcerowsecurity,
           exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid) as has_policy
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id'
     where c.relnamespace = 'bookingdb'::regnamespace
       and c.relkind in ('r', 'p')
  )
  select 'critical'::bookingdb.severity, 'row_security_off', t.oid::regclass::text,
         case when t.relrowsecurity then 'row-level security does not bind the owner'
              else 'row-level security is off' end,
         format('alter table %s enable row level security, force row level security',
                t.oid::regclass)
    from tables t
   where not (t.relrowsecurity and t.relforcerowsecurity)
  union all
  select 'critical', 'row_security_without_policy', t.oid::regclass::text,
         'no policy says which rows are whose: deploy them anew', null
    from tables t
   where not t.has_policy;
end;
comment on function bookingdb.check_row_security is 'Tables that show every business to whoever may read them.';

commit;
