begin;
set local role bookingdb_owner;

do $$
begin
  assert not exists (
    select from bookingdb.check_guards() g where g.check_name = 'guard_missing'
  );
end $$;

commit;
