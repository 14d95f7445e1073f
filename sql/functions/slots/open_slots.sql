begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots of a business that are open for booking at p_now: offered, not begun, not inside
-- the lead time, not beyond the horizon. With their counters, what these leave, be it nothing,
-- and the business's limit per customer.
create function bookingdb.open_slots(p_business_id uuid, p_now timestamptz)
returns table (
  date date, "time" time, starts_at timestamptz, remaining_bookings int, remaining_bouquets int,
  booked_count int, booked_bouquets int, waiting_count int, customer_limit int
)
language sql
stable
begin atomic
  select s.date, s.time, s.starts_at, s.max_bookings - s.booked_count,
         s.max_bouquets - s.booked_bouquets, s.booked_count, s.booked_bouquets, s.waiting_count,
         b.customer_limit
    from bookingdb.businesses b
    join bookingdb.time_slots s
      on s.business_id = b.business_id
     and s.starts_at > p_now + b.lead_time
     and s.date <= (p_now at time zone b.time_zone)::date + b.horizon_days
     and not s.is_legacy
   where b.business_id = p_business_id;
end;
comment on function bookingdb.open_slots is 'The slots of a business that are open for booking, with what the counters leave.';

commit;
