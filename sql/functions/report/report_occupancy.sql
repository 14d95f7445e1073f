begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How full the slots from p_from to p_to are, by period (days, in reports of 100 days and more
-- weeks, of two years and more months) and hour of the day: slots, those that are full, what is
-- booked in them, and the average occupancy, from 0 to 1. A slot is as full as the limit says
-- that it is nearer to; legacy ones and those shut by a limit of 0 are left out.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_occupancy(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  since date, until date, hour int, slot_count bigint, full_count bigint, booked_count bigint,
  booked_bouquets bigint, occupancy double precision
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  perform bookingdb.report_period(p_from, p_to, p_business_id);
  return query
  select b.since, b.until, s.hour, s.slot_count, s.full_count, s.booked_count, s.booked_bouquets,
         s.occupancy
    from bookingdb.report_bins(p_from, p_to) b
    join (
      select bookingdb.report_bin(s.date, p_from, p_to) as since, s.hour, count(*) as slot_count,
             count(*) filter (where s.occupancy >= 1) as full_count,
             sum(s.booked_count) as booked_count, sum(s.booked_bouquets) as booked_bouquets,
             avg(s.occupancy) as occupancy
        from bookingdb.report_slots(p_from, p_to, p_business_id) s
       group by 1, s.hour
    ) s using (since)
   order by b.since, s.hour;
end $$;
comment on function bookingdb.report_occupancy is 'How full the slots are, by period and hour of the day.';

commit;
