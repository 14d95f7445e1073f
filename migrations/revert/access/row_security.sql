begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

do $$
declare
  v_table regclass;
  v_policy name;
begin
  for v_table, v_policy in
    select p.polrelid, p.polname
      from pg_policy p
      join pg_class c on c.oid = p.polrelid
     where c.relnamespace = 'bookingdb'::regnamespace
  loop
    execute format('drop policy %I on %s', v_policy, v_table);
  end loop;
  for v_table in
    select c.oid
      from pg_class c
     where c.relnamespace = 'bookingdb'::regnamespace
       and c.relrowsecurity
  loop
    execute format(
      'alter table %s disable row level security, no force row level security', v_table);
  end loop;
end $$;

commit;
