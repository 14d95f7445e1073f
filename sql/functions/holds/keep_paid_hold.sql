begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What becomes of a hold that is being paid, see record_payment: status and hold_expires_at of
-- the booking that it returns, for the caller to write. A hold that has lost its place is
-- expired here, so that the log tells it before the payment.
create function bookingdb.keep_paid_hold(p_booking bookingdb.bookings)
returns bookingdb.bookings
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings := p_booking;
begin
  begin
    perform bookingdb.retake_place(v_booking, v_booking.bouquets);
    v_booking.status := 'held';
    select greatest(s.starts_at, v_booking.hold_expires_at) into v_booking.hold_expires_at
      from bookingdb.time_slots s
     where s.business_id = v_booking.business_id
       and s.date = v_booking.date
       and s.time = v_booking.time;
  exception when sqlstate 'ZB010' then
    v_booking.status := 'expired';
    update bookingdb.bookings b
       set status = 'expired'
     where b.business_id = v_booking.business_id
       and b.booking_id = v_booking.booking_id
       and b.status = 'held';
    perform bookingdb.offer_places(v_booking.business_id, v_booking.date, v_booking.time);
  end;
  return v_booking;
end $$;
comment on function bookingdb.keep_paid_hold is 'What becomes of a hold that is being paid.';

commit;
