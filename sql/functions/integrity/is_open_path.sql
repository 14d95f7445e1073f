begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when names that are looked up on a search_path may be somebody else's: pg_catalog is not
-- the first on it, or everybody may create in a schema of it.
create function bookingdb.is_open_path(p_path text)
returns boolean
language sql
stable
begin atomic
  select exists (
    select
      from regexp_split_to_table(replace(p_path, '"', ''), '\s*,\s*') with ordinality as e (name, n)
     where e.name = 'pg_catalog' and e.n > 1
        or exists (
          select from pg_catalog.pg_namespace s
           where s.nspname = e.name and has_schema_privilege('public', s.oid, 'create')
        )
  );
end;
comment on function bookingdb.is_open_path is 'True when names that are looked up on a search_path may be somebody else''s.';

commit;
