begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What happened to bookings from p_from to p_to, by period (as in report_occupancy) and up to
-- today: bookings and holds that were made, entries on the waiting list, moves, cancellations,
-- holds that ran out, who waited in vain, no-shows, payments that failed. By the audit log:
-- what was deleted since is counted too, what was dropped of the log is not. Reads the log's
-- partitions of that time.
-- Raises ZB012: no such business, no range of dates, more than ten years.
create function bookingdb.report_activity(
  p_from date, p_to date, p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  since date, until date, made_count bigint, waiting_count bigint, moved_count bigint,
  cancelled_count bigint, expired_count bigint, unserved_count bigint, no_show_count bigint,
  unpaid_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v record;
  v_to date;
begin
  select * into v from bookingdb.report_period(p_from, p_to, p_business_id);
  v_to := least(p_to, v.today);
  return query
  with changes as (
    select bookingdb.report_bin((l.created_at at time zone v.time_zone)::date, p_from, v_to) as since,
           l.action_type as action,
           case l.action_type
             when 'created' then l.new_values ->> 'status' = 'waiting'
             when 'expired' then l.old_values ->> 'status' = 'waiting'
           end as waits
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.created_at >= v.from_at
       and l.created_at < least(v.to_at, v.now_at)
  )
  select b.since, b.until,
         count(*) filter (where c.action = 'created' and not c.waits),
         count(*) filter (where c.action = 'created' and c.waits),
         count(*) filter (where c.action = 'rescheduled'),
         count(*) filter (where c.action = 'cancelled'),
         count(*) filter (where c.action = 'expired' and not c.waits),
         count(*) filter (where c.action = 'expired' and c.waits),
         count(*) filter (where c.action = 'no_show'),
         count(*) filter (where c.action = 'payment_failed')
    from bookingdb.report_bins(p_from, v_to) b
    left join changes c using (since)
   group by b.since, b.until
   order by b.since;
end $$;
comment on function bookingdb.report_activity is 'What happened to bookings, by period.';

commit;
