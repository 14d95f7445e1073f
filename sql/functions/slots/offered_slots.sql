begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots of a business that are in the schedule, begin after p_after, and are on p_to at the
-- latest; with their counters and what these leave, be it nothing. Whoever reads many gives
-- values, not expressions, which would be worked out for each slot anew.
create function bookingdb.offered_slots(p_business_id uuid, p_after timestamptz, p_to date)
returns table (
  date date, "time" time, starts_at timestamptz, remaining_bookings int, remaining_bouquets int,
  booked_count int, booked_bouquets int, waiting_count int
)
language sql
stable
begin atomic
  select s.date, s.time, s.starts_at, s.max_bookings - s.booked_count,
         s.max_bouquets - s.booked_bouquets, s.booked_count, s.booked_bouquets, s.waiting_count
    from bookingdb.time_slots s
   where s.business_id = p_business_id
     and s.starts_at > p_after
     and s.date <= p_to
     and not s.is_legacy;
end;
comment on function bookingdb.offered_slots is 'The slots of a business that are offered, with what the counters leave.';

commit;
