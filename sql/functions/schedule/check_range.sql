begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless the dates p_from to p_to are a range.
create function bookingdb.check_range(p_from date, p_to date)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_from is null or p_to is null or p_to < p_from then
    perform bookingdb.fail('ZB012', format('From %s to %s is no range of dates.',
                           coalesce(p_from::text, 'NULL'), coalesce(p_to::text, 'NULL')), 'p_from, p_to');
  end if;
end $$;
comment on function bookingdb.check_range is 'Raises ZB012 unless two dates are a range.';

commit;
