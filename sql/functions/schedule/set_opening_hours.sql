begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Replaces the weekly schedule from p_effective_from (the business's today when NULL) on. Rules
-- in force before that day stay as history. Slots follow with refresh_future_schedule().
--
-- p_hours: array of rules, empty for "closed all week"; each rule an object with all of
--   weekday        1 Monday to 7 Sunday, or an array of those
--   opens, closes  local times, "09:00"; to close at "00:00" or "24:00" is to close at midnight
--   slot_interval  length of a slot, "30 minutes"
--   max_bookings, max_bouquets   per slot
-- Raises ZB012: unknown or missing key, bad value, overlapping rules, a day that has passed.
-- Returns the new rules.
create function bookingdb.set_opening_hours(
  p_hours jsonb,
  p_effective_from date default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.opening_hours
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_today date := (bookingdb.clock_now() at time zone v_business.time_zone)::date;
  v_from date := coalesce(p_effective_from, v_today);
  v_problem text;
begin
  if not bookingdb.is_date(v_from) or v_from < v_today then
    perform bookingdb.fail(
      'ZB012', format('%s is no date from today, %s, on: past rules are history.', v_from, v_today),
      'p_effective_from');
  end if;
  perform bookingdb.lock_schedule(p_business_id);
  delete from bookingdb.opening_hours o
   where o.business_id = p_business_id
     and lower(o.in_force) >= v_from;
  update bookingdb.opening_hours o
     set in_force = daterange(lower(o.in_force), v_from)
   where o.business_id = p_business_id
     and o.in_force @> v_from;
  return query
    insert into bookingdb.opening_hours (
      business_id, in_force, weekday, opens, closes, slot_interval, max_bookings, max_bouquets
    )
    select p_business_id, daterange(v_from, null), r.weekday, r.opens, r.closes, r.slot_interval,
           r.max_bookings, r.max_bouquets
      from bookingdb.read_hours(p_hours) r
    returning *;
  perform bookingdb.end_actor(v_outer);
exception
  when check_violation or exclusion_violation or not_null_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'p_hours');
end $$;
comment on function bookingdb.set_opening_hours is 'Replaces the weekly schedule from a day on; earlier rules stay as history.';

commit;
