begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings of a range of dates as events of a calendar (RFC 5545): a uid that stays, the
-- version as sequence, CONFIRMED, TENTATIVE (a hold) or CANCELLED. Who only waited has no
-- event. bookingdb.calendar_feed() in Python makes a file of them. p_from, p_to: no bound when
-- NULL.
-- Raises ZB012 for a range that is none, and an unknown business.
-- Returns the events by their beginning.
create function bookingdb.calendar_events(
  p_from date default null,
  p_to date default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  uid text, sequence int, status text, starts_at timestamptz, ends_at timestamptz, summary text,
  description text, created_at timestamptz, updated_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.get_business(p_business_id);
  perform bookingdb.check_range(coalesce(p_from, '-infinity'), coalesce(p_to, 'infinity'));
  return query
    select * from bookingdb.events_of(p_business_id, null, p_from, p_to);
end $$;
comment on function bookingdb.calendar_events is 'Bookings as events of a calendar.';

commit;
