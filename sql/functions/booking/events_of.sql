begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings of a range of dates, or one of them, as events; see calendar_events.
create function bookingdb.events_of(p_business_id uuid, p_booking_id uuid, p_from date, p_to date)
returns table (
  uid text, sequence int, status text, starts_at timestamptz, ends_at timestamptz, summary text,
  description text, created_at timestamptz, updated_at timestamptz
)
language sql
stable
begin atomic
  select format('%s@%s.bookingdb', b.booking_id, b.business_id),
         b.version,
         case when b.status in ('cancelled', 'expired') then 'CANCELLED'
              when b.status = 'held' then 'TENTATIVE'
              else 'CONFIRMED' end,
         s.starts_at, s.ends_at,
         concat_ws(', ', v.name, b.customer_name, format('%s×', b.bouquets)),
         concat_ws(E'\n', b.customer_email, b.customer_phone, b.notes),
         b.created_at, b.updated_at
    from bookingdb.bookings b
    join bookingdb.businesses v using (business_id)
    join bookingdb.time_slots s using (business_id, date, time)
   where b.business_id = p_business_id
     and (p_booking_id is null or b.booking_id = p_booking_id)
     and b.date between coalesce(p_from, '-infinity') and coalesce(p_to, 'infinity')
     and (bookingdb.holds_place(b.status)
          or num_nonnulls(b.confirmed_at, b.hold_expires_at) > 0)  -- it had a place
   order by s.starts_at, b.booking_id;
end;
comment on function bookingdb.events_of is 'Bookings as events of a calendar.';

commit;
