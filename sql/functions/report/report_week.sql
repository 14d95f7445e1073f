begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How full the slots from p_from to p_to that have begun were in the course of a week, by ISO
-- weekday (Monday is 1) and hour of the day: slots, those that were full, and the average
-- occupancy, from 0 to 1, as in report_occupancy().
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_week(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  weekday int, hour int, slot_count bigint, full_count bigint, occupancy double precision
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v record;
begin
  select * into v from bookingdb.report_period(p_from, p_to, p_business_id);
  return query
  select extract(isodow from s.date)::int, s.hour, count(*),
         count(*) filter (where s.occupancy >= 1), avg(s.occupancy)
    from bookingdb.report_slots(p_from, p_to, p_business_id) s
   where s.starts_at <= v.now_at
   group by 1, s.hour
   order by 1, s.hour;
end $$;
comment on function bookingdb.report_week is 'How full the slots were that have begun, by weekday and hour of the day.';

commit;
