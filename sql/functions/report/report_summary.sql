begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A report from p_from to p_to in one row: of which business, when it was made; how full slots
-- were that have begun, and those to come are; sums of report_activity() and
-- report_deliveries(); how long before its slot a booking was made. log_since: months of the
-- log before that date may have been dropped, deliveries_since: deliveries before that may have
-- been purged; NULL: nothing of the time has gone.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_summary(
  p_from date,
  p_to date,
  p_business_id uuid default bookingdb.default_business_id(),
  out business_name text, out time_zone text, out made_at timestamptz, out today date,
  out log_since date, out deliveries_since date, out begun_count bigint,
  out begun_full_count bigint, out begun_occupancy double precision, out coming_count bigint,
  out coming_full_count bigint, out coming_occupancy double precision, out made_count bigint,
  out waiting_count bigint, out moved_count bigint, out cancelled_count bigint,
  out expired_count bigint, out unserved_count bigint, out no_show_count bigint, out booking_count bigint,
  out median_lead interval, out p90_lead interval, out delivered_count bigint,
  out pending_count bigint, out dead_count bigint, out delivered_share double precision,
  out median_lag interval, out p95_lag interval
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
begin atomic
  select n.name, v.time_zone, v.now_at, v.today, g.log_since, g.deliveries_since, s.*, a.*, l.*, d.*
    from bookingdb.report_period(p_from, p_to, p_business_id) v
    join bookingdb.businesses n on n.business_id = p_business_id
   cross join bookingdb.report_gaps(v.from_at, v.time_zone) g
   cross join lateral (
     select count(*) filter (where s.starts_at <= v.now_at),
            count(*) filter (where s.starts_at <= v.now_at and s.occupancy >= 1),
            avg(s.occupancy) filter (where s.starts_at <= v.now_at),
            count(*) filter (where s.starts_at > v.now_at),
            count(*) filter (where s.starts_at > v.now_at and s.occupancy >= 1),
            avg(s.occupancy) filter (where s.starts_at > v.now_at)
       from bookingdb.report_slots(p_from, p_to, p_business_id) s
   ) s
   cross join lateral (
     select coalesce(sum(a.made_count), 0)::bigint, coalesce(sum(a.waiting_count), 0)::bigint,
            coalesce(sum(a.moved_count), 0)::bigint, coalesce(sum(a.cancelled_count), 0)::bigint,
            coalesce(sum(a.expired_count), 0)::bigint, coalesce(sum(a.unserved_count), 0)::bigint,
            coalesce(sum(a.no_show_count), 0)::bigint
       from bookingdb.report_activity(p_from, p_to, p_business_id) a
   ) a
   cross join lateral (
     select count(*), percentile_disc(0.5) within group (order by l.lead_time),
            percentile_disc(0.9) within group (order by l.lead_time)
       from bookingdb.report_bookings(p_from, p_to, p_business_id) l
   ) l
   cross join bookingdb.report_lag(v.from_at, v.to_at, p_business_id) d;
end;
comment on function bookingdb.report_summary is 'A report in one row: how full, how much, how soon, how reliably.';

commit;
