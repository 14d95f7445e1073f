begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets a login that is bound to businesses see and write their rows only, in a table that has
-- business_id. FORCE, as the functions run as the owner of the tables. What the policy asks of
-- the login is worked out once a statement.
create function bookingdb.secure_table(p_table regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'alter table %1$s enable row level security, force row level security', p_table);
  execute format(
    'create policy own_business on %1$s using ((select bookingdb.is_unbound())'
    ' or business_id = any ((select bookingdb.granted_businesses())::uuid[]))', p_table);
end $$;
comment on function bookingdb.secure_table is 'Lets a bound login see and write rows of its businesses only.';

commit;
