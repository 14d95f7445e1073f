-- What supa_audit does (https://github.com/supabase/supa_audit, version 0.3.1), written anew for
-- this comparison: the same columns, checks and indexes of the log, and in its trigger the same
-- steps: look up the primary key, both rows as jsonb, the key's first column as uuid, one INSERT.
-- In a schema of its own; the parts for switching tracking on and off and TRUNCATE are left out.
create schema supa_audit;
create type supa_audit.operation as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE');

create table supa_audit.record_version (
  id bigserial primary key,
  record_id uuid,
  old_record_id uuid,
  op supa_audit.operation not null,
  ts timestamptz not null default now(),
  table_oid oid not null,
  table_schema name not null,
  table_name name not null,
  record jsonb,
  old_record jsonb,
  check (op = 'TRUNCATE' or coalesce(record_id, old_record_id) is not null),
  check ((record_id is not null) = (op in ('INSERT', 'UPDATE'))),
  check ((record is not null) = (op in ('INSERT', 'UPDATE'))),
  check ((old_record_id is not null) = (op in ('UPDATE', 'DELETE'))),
  check ((old_record is not null) = (op in ('UPDATE', 'DELETE')))
);
create index on supa_audit.record_version (record_id) where record_id is not null;
create index on supa_audit.record_version (old_record_id) where old_record_id is not null;
create index on supa_audit.record_version using brin (ts);
create index on supa_audit.record_version (table_oid);

create function supa_audit.key_columns(p_table oid) returns text[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(a.attname::text order by a.attnum), '{}')
    from pg_catalog.pg_index i
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
   where i.indrelid = p_table and i.indisprimary
$$;

create function supa_audit.id_of(p_key text[], p_record jsonb) returns uuid
language sql stable as $$
  select case when p_record is not null then (p_record ->> p_key[1])::uuid end
$$;

create function supa_audit.log_change() returns trigger
language plpgsql security definer as $$
declare
  v_key text[] := supa_audit.key_columns(tg_relid);
  v_new jsonb := to_jsonb(new);
  v_new_id uuid := supa_audit.id_of(v_key, v_new);
  v_old jsonb := to_jsonb(old);
  v_old_id uuid := supa_audit.id_of(v_key, v_old);
begin
  insert into supa_audit.record_version
    (record_id, old_record_id, op, table_oid, table_schema, table_name, record, old_record)
  select v_new_id, v_old_id, tg_op::supa_audit.operation, tg_relid, tg_table_schema,
         tg_table_name, v_new, v_old;
  return coalesce(new, old);
end $$;
