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
  select s.*, b.customer_limit
    from bookingdb.businesses b
   cross join lateral bookingdb.offered_slots(
     b.business_id, p_now + b.lead_time,
     (p_now at time zone b.time_zone)::date + b.horizon_days) s
   where b.business_id = p_business_id;
end;
comment on function bookingdb.open_slots is 'The slots of a business that are open for booking, with what the counters leave.';

commit;
