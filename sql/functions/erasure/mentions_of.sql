begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Where an e-mail stands in the tables of a business, in whatever column, and in how many rows.
-- Seals, which are digests, and secrets are not looked at.
create function bookingdb.mentions_of(p_email text, p_business_id uuid)
returns table (table_name text, mention_count bigint)
language plpgsql
stable
as $$
declare
  v_json text := to_jsonb(lower(p_email))::text;
begin
  v_json := substr(v_json, 2, length(v_json) - 2);  -- as it stands inside of a JSON text
  for table_name in
    select c.relname::text
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id'
     where c.relnamespace = 'bookingdb'::regnamespace
       and c.relkind in ('r', 'p')
       and not c.relispartition
       and c.relname not in ('audit_seals', 'webhook_secrets')
     order by 1
  loop
    execute format(
      'select count(*) from bookingdb.%I t where t.business_id = $1 and position($2 in lower(%s)) > 0',
      table_name, case table_name when 'webhook_payloads' then 'convert_from(t.payload, ''UTF8'')'
                    else 'to_jsonb(t)::text' end)
      into mention_count using p_business_id, v_json;
    if mention_count > 0 then
      return next;
    end if;
  end loop;
end $$;
comment on function bookingdb.mentions_of is 'Where an e-mail stands in the tables of a business.';

commit;
