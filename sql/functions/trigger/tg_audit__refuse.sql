begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit logs are append-only. Those of a test business go with it; only that it was there
-- stays.
create function bookingdb.tg_audit__refuse()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE'
    and bookingdb.is_test_business((to_jsonb(old) ->> 'business_id')::uuid)
    and to_jsonb(old) ->> 'table_name' is distinct from 'businesses'
  then
    return old;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s is append-only: no %s', tg_table_name, tg_op);
end $$;
comment on function bookingdb.tg_audit__refuse is 'Refuses every change of what is in an audit log, but that a test business goes.';

commit;
