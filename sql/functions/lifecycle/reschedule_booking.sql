begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Moves a booking or a hold to another slot, with another quantity if need be; or nothing
-- happens at all. Also away from a legacy slot, and to accept a proposal (see
-- propose_alternatives). The target must be open, as for a new booking; lead time, horizon,
-- cancellation window and the customer's limit do not count for staff.
-- Locks: the customer where the business limits him; both slots, in the order of date and
-- time, then the booking.
-- Raises ZB001 to ZB005 of the target, ZB006, ZB007, ZB008 not held or confirmed, ZB010 a hold
-- that has run out, ZB011 inside the cancellation window, ZB012, ZB014 the customer's limit.
-- Returns the booking.
create function bookingdb.reschedule_booking(
  p_booking_id uuid,
  p_date date,
  p_time time,
  p_bouquets int default null,
  p_expected_version int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_booking bookingdb.bookings := bookingdb.get_booking(p_booking_id, p_business_id);
begin
  perform bookingdb.check_booking_arguments(
    p_date, p_time, coalesce(p_bouquets, v_booking.bouquets), null, null, null, 'pay_now', null,
    null, interval '1 hour', null);
  if p_date <> v_booking.date then
    v_outer := bookingdb.check_customer(v_outer, bookingdb.customer_refusal(
      p_business_id, v_booking.customer_email, p_date, p_booking_id));
  end if;
  perform
     from bookingdb.time_slots s
    where s.business_id = p_business_id
      and (s.date, s.time) in ((v_booking.date, v_booking.time), (p_date, p_time))
    order by s.date, s.time
      for no key update;
  v_booking := bookingdb.lock_seen_booking(v_booking, p_expected_version);
  perform bookingdb.check_is_live(v_booking);
  if (p_date, p_time) <> (v_booking.date, v_booking.time) or p_bouquets < v_booking.bouquets then
    v_outer := bookingdb.check_cancellation_window(v_outer, v_booking, p_date + p_time);
  end if;
  v_booking.bouquets := coalesce(p_bouquets, v_booking.bouquets);
  if (p_date, p_time) <> (v_booking.date, v_booking.time) then
    v_outer := bookingdb.check_slot(v_outer, p_business_id, p_date, p_time, v_booking.bouquets);
  end if;
  update bookingdb.bookings b
     set date = p_date,
         time = p_time,
         bouquets = v_booking.bouquets
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.reschedule_booking is 'Moves a booking to another slot, or nothing happens at all.';

commit;
