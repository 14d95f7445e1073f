begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets the weekly schedule hold on a date again. Slots follow with refresh_future_schedule().
-- Returns whether there was an exception. Raises ZB012 for NULL, a date that has passed and an
-- unknown business.
create function bookingdb.clear_schedule_exception(
  p_date date,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_today date := (bookingdb.clock_now() at time zone v_business.time_zone)::date;
  v_is_gone boolean;
begin
  if p_date is null or p_date < v_today then
    perform bookingdb.fail('ZB012', format('%s is no date from today, %s, on.',
                           coalesce(p_date::text, 'NULL'), v_today), 'p_date');
  end if;
  perform bookingdb.lock_schedule(p_business_id);
  delete from bookingdb.schedule_exceptions e
   where e.business_id = p_business_id
     and e.date = p_date;
  v_is_gone := found;
  perform bookingdb.end_actor(v_outer);
  return v_is_gone;
end $$;
comment on function bookingdb.clear_schedule_exception is 'Lets the weekly schedule hold on a date again.';

commit;
