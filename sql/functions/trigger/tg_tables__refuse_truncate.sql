begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- TRUNCATE fires no row trigger: it would leave counters and audit logs behind. DELETE does
-- not.
create function bookingdb.tg_tables__refuse_truncate()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s cannot be truncated', tg_table_name),
    hint = 'DELETE keeps counters and audit logs right.';
end $$;
comment on function bookingdb.tg_tables__refuse_truncate is 'Refuses TRUNCATE, which no row trigger sees.';

commit;
