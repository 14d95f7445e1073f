begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The status of a hold that is being paid: it takes its place again if it has run out, or else
-- stays expired; see record_payment. A hold that has lost its place is expired here, so that
-- the log tells it before the payment.
create function bookingdb.status_when_paid(p_booking bookingdb.bookings)
returns bookingdb.booking_status
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.retake_place(p_booking);
  return 'held'::bookingdb.booking_status;
exception when sqlstate 'ZB010' then
  update bookingdb.bookings b
     set status = 'expired'
   where b.business_id = p_booking.business_id
     and b.booking_id = p_booking.booking_id
     and b.status = 'held';
  return 'expired'::bookingdb.booking_status;
end $$;
comment on function bookingdb.status_when_paid is 'The status of a hold that is being paid.';

commit;
