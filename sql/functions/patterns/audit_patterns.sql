begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a desk for fraud or support looks for in the log of bookings from p_from to before p_to
-- (NULL: now): who cancels much, books in bursts, comes never, holds places for nothing; staff
-- who works at night, waives policies, turns payments. docs/audit-patterns.md defines each.
-- A subject is told of when so many of its events as the threshold says lie within p_within
-- (p_burst_within for bursts; p_long_within for no-shows, night, waivers, payments, late
-- cancellations and names). A row is a reason to look, no proof.
-- Returns them, the gravest first, with all of the subject's events from p_from to before p_to:
-- number, first, last and the first 20 bookings; critical from three times the threshold.
-- Reads the log's partitions of that time. Raises ZB012: no such business, p_from after p_to,
-- a threshold below 1, a negative length of time.
create function bookingdb.audit_patterns(
  p_from timestamptz,
  p_to timestamptz default null,
  p_cancellations int default 5,
  p_staff_cancellations int default 20,
  p_burst int default 10,
  p_network_burst int default 30,
  p_night_changes int default 3,
  p_no_shows int default 3,
  p_loops int default 3,
  p_waivers int default 5,
  p_payments int default 5,
  p_late_cancellations int default 3,
  p_email_changes int default 1,
  p_names_used int default 4,
  p_lost_holds int default 5,
  p_within interval default '1 day',
  p_long_within interval default '30 days',
  p_burst_within interval default '5 minutes',
  p_loop_within interval default '1 hour',
  p_late interval default '2 hours',
  p_email_late interval default '1 day',
  p_night_from time default '23:00',
  p_night_to time default '05:00',
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  severity bookingdb.severity, pattern text, subject text, count int, first_at timestamptz,
  last_at timestamptz, booking_ids uuid[], detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set intervalstyle = 'postgres'
set jit = off
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
begin
  if p_from is null or p_from > p_to then
    perform bookingdb.fail('ZB012', format('%s is no time before %s.',
                           coalesce(p_from::text, 'NULL'), coalesce(p_to::text, 'now')), 'p_from');
  elsif p_night_from is null or p_night_to is null then
    perform bookingdb.fail('ZB012', 'Must be a time of day.', 'p_night_from, p_night_to');
  end if;
  perform bookingdb.check_thresholds(
    '{p_cancellations,p_staff_cancellations,p_burst,p_network_burst,p_night_changes,p_no_shows,
      p_loops,p_waivers,p_payments,p_late_cancellations,p_email_changes,p_names_used,p_lost_holds,
      p_within,p_long_within,p_burst_within,p_loop_within,p_late,p_email_late}',
    array[p_cancellations, p_staff_cancellations, p_burst, p_network_burst, p_night_changes,
          p_no_shows, p_loops, p_waivers, p_payments, p_late_cancellations, p_email_changes,
          p_names_used, p_lost_holds],
    array[p_within, p_long_within, p_burst_within, p_loop_within, p_late, p_email_late]);
  return query
  with events as (
    select e.*, l.at_least, l.within, l.what,
           row_number() over (partition by e.pattern, e.subject, e.booking_id order by e.happened_at)
             as nth_of_booking,
           -- With the one that is as many before it as the threshold says: near enough?
           e.happened_at - lag(e.happened_at, l.at_least - 1)
             over (partition by e.pattern, e.subject order by e.happened_at, e.booking_id) <= l.within
             as is_dense
      from bookingdb.pattern_events(p_from, p_to, p_loop_within, p_late, p_email_late, p_night_from,
                                    p_night_to, v_business.time_zone, p_business_id) e
      join (values
        ('many_cancellations', p_cancellations, p_within, 'cancellations'),
        ('many_cancellations_by_staff', p_staff_cancellations, p_within, 'cancellations by staff'),
        ('burst', p_burst, p_burst_within, 'bookings made or changed'),
        ('network_burst', p_network_burst, p_burst_within, 'bookings made or changed'),
        ('night_changes', p_night_changes, p_long_within, 'changes by staff at night'),
        ('repeated_no_shows', p_no_shows, p_long_within, 'no-shows'),
        ('book_and_cancel', p_loops, p_within, 'bookings cancelled soon after'),
        ('waived_policies', p_waivers, p_long_within, 'changes with a policy waived'),
        ('payments_turned', p_payments, p_long_within, 'payments taken back or made good'),
        ('late_cancellations', p_late_cancellations, p_long_within, 'late cancellations'),
        ('email_changed_late', p_email_changes, p_within, 'changes of the e-mail before the slot'),
        ('many_names', p_names_used, p_long_within, 'names'),
        ('lost_holds', p_lost_holds, p_within, 'places held for nothing')
      ) as l (pattern, at_least, within, what) using (pattern)
  )
  select case when count(*) >= 3 * e.at_least::bigint then 'critical' else 'warning'
         end::bookingdb.severity as grade,
         e.pattern, e.subject, count(*)::int, min(e.happened_at), max(e.happened_at),
         (array_agg(e.booking_id order by e.happened_at, e.booking_id)
           filter (where e.nth_of_booking = 1))[:20],
         format('%s %s, %s of them or more within %s', count(*), e.what, e.at_least, e.within)
    from events e
   group by e.pattern, e.subject, e.at_least, e.within, e.what
  having bool_or(e.is_dense)
   order by grade desc, e.pattern, count(*) desc, e.subject;
end $$;
comment on function bookingdb.audit_patterns is 'What a desk for fraud or support looks for in the log of bookings.';

commit;
