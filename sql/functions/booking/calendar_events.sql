begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings of a range of dates, or one booking, as events of a calendar (RFC 5545): a uid
-- that stays, the version as sequence, CONFIRMED, TENTATIVE (a hold) or CANCELLED. Who only
-- waited has no event. bookingdb.calendar_feed() in Python makes a file of them. p_from, p_to:
-- no bound when NULL. p_booking_id: only this one.
-- Raises ZB006, ZB012 for a range that is none, and an unknown business.
-- Returns the events by their beginning.
create function bookingdb.calendar_events(
  p_from date default null,
  p_to date default null,
  p_booking_id uuid default null,
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
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
begin
  perform bookingdb.check_range(coalesce(p_from, '-infinity'), coalesce(p_to, 'infinity'));
  if p_booking_id is not null then
    perform bookingdb.get_booking(p_booking_id, p_business_id);
  end if;
  return query
    select format('%s@%s.bookingdb', b.booking_id, b.business_id),
           b.version,
           case when b.status in ('cancelled', 'expired') then 'CANCELLED'
                when b.status = 'held' then 'TENTATIVE'
                else 'CONFIRMED' end,
           s.starts_at, s.ends_at,
           concat_ws(', ', v_business.name, b.customer_name, format('%s×', b.bouquets)),
           concat_ws(E'\n', b.customer_email, b.customer_phone, b.notes),
           b.created_at, b.updated_at
      from bookingdb.bookings b
      join bookingdb.time_slots s using (business_id, date, time)
     where b.business_id = p_business_id
       and (p_booking_id is null or b.booking_id = p_booking_id)
       and b.date between coalesce(p_from, '-infinity') and coalesce(p_to, 'infinity')
       and (b.status in ('held', 'confirmed', 'completed', 'no_show')
            or num_nonnulls(b.confirmed_at, b.hold_expires_at) > 0)  -- it had a place
     order by s.starts_at, b.booking_id;
end $$;
comment on function bookingdb.calendar_events is 'Bookings as events of a calendar.';

commit;
