begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- One booking as an event of a calendar, see calendar_events; no row when it only ever waited.
-- Raises ZB006.
create function bookingdb.calendar_event(
  p_booking_id uuid,
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
  perform bookingdb.get_booking(p_booking_id, p_business_id);
  return query
    select * from bookingdb.events_of(p_business_id, p_booking_id, null, null);
end $$;
comment on function bookingdb.calendar_event is 'One booking as an event of a calendar.';

commit;
