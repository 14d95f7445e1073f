begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings in slots of a range of dates that once had a place, with the time from when they
-- were made to when their slot begins.
create function bookingdb.report_bookings(p_from date, p_to date, p_business_id uuid)
returns table (status bookingdb.booking_status, lead_time interval)
language sql
stable
begin atomic
  select b.status, s.starts_at - b.created_at
    from bookingdb.bookings b
    join bookingdb.time_slots s using (business_id, date, time)
   where b.business_id = p_business_id
     and b.date between p_from and p_to
     and b.status not in ('waiting', 'expired');
end;
comment on function bookingdb.report_bookings is 'The bookings of a range of dates, and how long before their slots they were made.';

commit;
