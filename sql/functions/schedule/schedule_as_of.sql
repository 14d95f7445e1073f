begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The weekly schedule as it is, was or will be in force on a date. Dates that depart from it
-- are in schedule_exceptions. Raises ZB012 for NULL and an unknown business.
-- Returns the rules by weekday and time.
create function bookingdb.schedule_as_of(
  p_date date,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.opening_hours
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.get_business(p_business_id);
  if p_date is null then
    perform bookingdb.fail('ZB012', 'It is required.', 'p_date');
  end if;
  return query
    select *
      from bookingdb.opening_hours o
     where o.business_id = p_business_id
       and o.in_force @> p_date
     order by o.weekday, o.opens;
end $$;
comment on function bookingdb.schedule_as_of is 'The weekly schedule as it is in force on a date.';

commit;
