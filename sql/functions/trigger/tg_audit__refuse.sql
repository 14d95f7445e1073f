begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit logs are append-only.
create function bookingdb.tg_audit__refuse()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s is append-only: no %s', tg_table_name, tg_op);
end $$;
comment on function bookingdb.tg_audit__refuse is 'Refuses every change of what is in an audit log.';

commit;
