begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for a length of time that nothing is held for; NULL passes.
create function bookingdb.check_hold_for(p_hold_for interval)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_hold_for not between interval '1 second' and interval '31 days' then
    perform bookingdb.fail('ZB012', format('Must be from 1 second to 31 days, not %s.', p_hold_for), 'p_hold_for');
  end if;
end $$;
comment on function bookingdb.check_hold_for is 'Raises ZB012 for a length of time that nothing is held for.';

commit;
