begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Replaces the schedule of one date: by p_hours, or by "closed" when that is an empty array.
-- Slots follow with refresh_future_schedule().
-- p_hours: array of openings, each as in set_opening_hours, without weekday.
-- Raises ZB012: unknown or missing key, bad value, overlapping openings, a date that has
-- passed.
-- Returns what now holds on the date: a row per opening, or one without hours.
create function bookingdb.set_schedule_exception(
  p_date date,
  p_hours jsonb,
  p_reason text default null,
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
  v_problem text;
begin
  if bookingdb.is_date(p_date) is not true or p_date < v_today then
    perform bookingdb.fail('ZB012', format('%s is no date from today, %s, on.',
                           coalesce(p_date::text, 'NULL'), v_today), 'p_date');
  elsif jsonb_typeof(p_hours) is distinct from 'array' or p_hours @? '$[*].weekday' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of openings without weekday.', 'p_hours');
  end if;
  perform bookingdb.lock_schedule(p_business_id);
  delete from bookingdb.schedule_exceptions e
   where e.business_id = p_business_id
     and e.date = p_date;
  return query
    insert into bookingdb.schedule_exceptions (
      business_id, date, opens, closes, slot_interval, max_bookings, max_bouquets, reason
    )
    select p_business_id, p_date, r.opens, r.closes, r.slot_interval, r.max_bookings,
           r.max_bouquets, p_reason
      from (select) one
      left join bookingdb.read_hours((
        select coalesce(jsonb_agg(h.opening || '{"weekday": 1}'), '[]')
          from jsonb_array_elements(p_hours) as h (opening))) r on true
    returning *;
  perform bookingdb.end_actor(v_outer);
exception
  when check_violation or exclusion_violation or not_null_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'p_hours, p_reason');
end $$;
comment on function bookingdb.set_schedule_exception is 'Replaces the schedule of one date, or closes it.';

commit;
