begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Closes ranges of dates: holidays, vacations. A date that departs from the schedule already,
-- being closed or with hours of its own, stays as it is unless p_replace; dates that have
-- passed do too. Slots follow with refresh_future_schedule(). p_closures: array of objects with
-- from, to (a date; from when it is missing) and reason; where they overlap the first counts.
-- Locks: the schedule of the business.
-- Raises ZB012: unknown or missing key, bad date, a range of more than 3660 days.
-- Returns the new exceptions.
create function bookingdb.add_closures(
  p_closures jsonb,
  p_replace boolean default false,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.schedule_exceptions
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_today date := (bookingdb.clock_now() at time zone v_business.time_zone)::date;
begin
  perform bookingdb.lock_schedule(p_business_id);
  delete from bookingdb.schedule_exceptions e
   using bookingdb.read_closures(p_closures) c
   where coalesce(p_replace, false)
     and e.business_id = p_business_id
     and e.date = c.date
     and e.date >= v_today;
  return query
    insert into bookingdb.schedule_exceptions (business_id, date, reason)
    select distinct on (c.date) p_business_id, c.date, c.reason
      from bookingdb.read_closures(p_closures) with ordinality as c (date, reason, place)
     where c.date >= v_today
       and not exists (
         select from bookingdb.schedule_exceptions e
          where e.business_id = p_business_id and e.date = c.date
       )
     order by c.date, c.place
    returning *;
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.add_closures is 'Closes ranges of dates: holidays, vacations.';

commit;
