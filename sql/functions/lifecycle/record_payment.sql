begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Records what became of the payment; the legal moves are those of payment_moves(). No payment
-- is ever turned away for lack of a place:
--   a hold that is paid keeps its place until its slot begins, time enough to confirm it
--   a hold that has run out takes its place again, if it is free and nobody waits for it
--   else it stays expired (or cancelled), with refund_due
-- Locks: slot, then booking.
-- Raises ZB006, ZB007, ZB008 for an illegal move, ZB012 when NULL.
-- Returns the booking.
create function bookingdb.record_payment(
  p_booking_id uuid,
  p_payment_status bookingdb.payment_status,
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
  v_booking bookingdb.bookings;
begin
  if p_payment_status is null then
    perform bookingdb.fail('ZB012', 'It is required.', 'p_payment_status');
  end if;
  v_booking := bookingdb.lock_booking(p_booking_id, p_expected_version, p_business_id);
  if p_payment_status = 'failed' and v_booking.payment_method = 'pay_on_arrival' then
    perform bookingdb.fail('ZB008', 'What is paid on arrival has no payment that fails.');
  elsif p_payment_status = 'paid' and v_booking.status in ('held', 'expired') then
    v_booking.status := bookingdb.status_when_paid(v_booking);
  end if;
  update bookingdb.bookings b
     set payment_status = p_payment_status,
         status = v_booking.status
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
  returning * into v_booking;
  perform bookingdb.end_actor(v_outer);
  return v_booking;
end $$;
comment on function bookingdb.record_payment is 'Records what became of the payment.';

commit;
