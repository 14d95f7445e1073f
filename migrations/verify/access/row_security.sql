begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

do $$
begin
  assert not exists (
    select from pg_class c
     where c.relnamespace = 'bookingdb'::regnamespace
       and c.relkind in ('r', 'p')
       and not (c.relrowsecurity and c.relforcerowsecurity));
end $$;

commit;
