begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for NULL, of which nobody can say whether something is to be changed.
create function bookingdb.check_dry_run(p_dry_run boolean)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_dry_run is null then
    perform bookingdb.fail('ZB012', 'Must be true or false, not NULL.', 'p_dry_run');
  end if;
end $$;
comment on function bookingdb.check_dry_run is 'Raises ZB012 unless it is said whether something is to be changed.';

commit;
