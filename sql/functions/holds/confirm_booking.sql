begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Confirms a hold; quantity and contact may be given or changed in the same step. A hold that
-- has run out is confirmed too, if its place is still free and nobody waits for it.
-- Locks: the customer where the business limits him; slot, then booking.
-- Of the customer's limit only confirmed bookings count: of two places that were offered, one
-- can be taken.
-- Raises ZB003 too many bouquets, ZB006, ZB007, ZB008 not a hold, ZB010 run out and its place
-- taken, ZB012 name or e-mail still missing or malformed, ZB014 the customer's limit.
-- Returns the booking.
create function bookingdb.confirm_booking(
  p_booking_id uuid,
  p_expected_version int default null,
  p_bouquets int default null,
  p_customer_name text default null,
  p_customer_email text default null,
  p_customer_phone text default null,
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
  v_outer := bookingdb.check_customer(v_outer, bookingdb.customer_refusal(
    p_business_id, coalesce(p_customer_email, v_booking.customer_email), v_booking.date,
    p_booking_id, false));
  perform bookingdb.lock_slot(p_business_id, v_booking.date, v_booking.time);
  v_booking := bookingdb.lock_seen_booking(v_booking, p_expected_version);
  perform bookingdb.check_move(v_booking.status, 'confirmed');
  perform bookingdb.check_booking_arguments(
    v_booking.date, v_booking.time, coalesce(p_bouquets, v_booking.bouquets),
    coalesce(p_customer_name, v_booking.customer_name),
    coalesce(p_customer_email, v_booking.customer_email),
    coalesce(p_customer_phone, v_booking.customer_phone),
    v_booking.payment_method, v_booking.notes, null, null, null);
  v_booking.bouquets := coalesce(p_bouquets, v_booking.bouquets);
  perform bookingdb.retake_place(v_booking);
  update bookingdb.bookings b
     set status = 'confirmed',
         bouquets = v_booking.bouquets,
         customer_name = coalesce(p_customer_name, b.customer_name),
         customer_email = coalesce(p_customer_email, b.customer_email),
         customer_phone = coalesce(p_customer_phone, b.customer_phone)
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.confirm_booking is 'Confirms a hold, with quantity and contact in the same step if need be.';

commit;
