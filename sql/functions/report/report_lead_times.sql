begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How long before its slot a booking was made, of bookings in slots from p_from to p_to: their
-- number by length of time, from lead_from to before lead_to (NULL: no bound), and how many of
-- them were kept, cancelled, or not shown up for. Who waits and holds that ran out are left
-- out. The slot is the one that a booking has now.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_lead_times(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  lead_from interval, lead_to interval, booking_count bigint, kept_count bigint,
  cancelled_count bigint, no_show_count bigint
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
  select t.low, t.high, count(b.status),
         count(*) filter (where b.status in ('held', 'confirmed', 'completed')),
         count(*) filter (where b.status = 'cancelled'),
         count(*) filter (where b.status = 'no_show')
    from (values
      (null::interval, interval '0'), ('0', '1 hour'), ('1 hour', '6 hours'), ('6 hours', '1 day'),
      ('1 day', '3 days'), ('3 days', '7 days'), ('7 days', '14 days'), ('14 days', '28 days'),
      ('28 days', null)
    ) as t (low, high)
    left join bookingdb.report_bookings(p_from, p_to, p_business_id) b
      on (t.low is null or b.lead_time >= t.low)
     and (t.high is null or b.lead_time < t.high)
   group by t.low, t.high
   order by t.high;
end $$;
comment on function bookingdb.report_lead_times is 'How long before their slots bookings were made.';

commit;
