begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the patterns of audit_patterns() count, each with its subject.
create function bookingdb.pattern_events(
  p_from timestamptz, p_to timestamptz, p_loop_within interval, p_late interval,
  p_email_late interval, p_night_from time, p_night_to time, p_time_zone text, p_business_id uuid
)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select * from bookingdb.cancellations(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.bursts(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.changes_at_night(
    p_from, p_to, p_night_from, p_night_to, p_time_zone, p_business_id)
  union all
  select * from bookingdb.no_shows(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.loops(p_from, p_to, p_loop_within, p_business_id)
  union all
  select * from bookingdb.waivers(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.payments_turned(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.late_changes(
    p_from, p_to, p_late, p_email_late, p_time_zone, p_business_id)
  union all
  select * from bookingdb.new_names(p_from, p_to, p_business_id)
  union all
  select * from bookingdb.lost_holds(p_from, p_to, p_business_id);
end;
comment on function bookingdb.pattern_events is 'What the patterns count, each with its subject.';

commit;
