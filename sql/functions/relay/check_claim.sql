begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless the arguments of a claim are in range.
create function bookingdb.check_claim(p_limit int, p_lease interval)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 10000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  if p_lease is null or p_lease not between '1 second' and '1 hour' then
    perform bookingdb.fail('ZB012', format('Must be from 1 second to 1 hour, not %s.',
                           coalesce(p_lease::text, 'NULL')), 'p_lease');
  end if;
end $$;
comment on function bookingdb.check_claim is 'Raises ZB012 unless the arguments of a claim are in range.';

commit;
