begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Corrects quantity, contact or notes of a booking; what is NULL stays, and an empty telephone
-- or an empty note goes. Another quantity: while the booking waits, is held or confirmed.
-- Locks: the customer where the business limits him and the e-mail address changes; slot,
-- then booking.
-- Raises ZB003 too many bouquets, ZB006, ZB007, ZB008 another quantity of what is over, ZB010
-- of a hold that has run out, ZB011 fewer bouquets inside the cancellation window, ZB012
-- malformed arguments, ZB014 the customer's limit.
-- Returns the booking.
create function bookingdb.update_booking(
  p_booking_id uuid,
  p_bouquets int default null,
  p_customer_name text default null,
  p_customer_email text default null,
  p_customer_phone text default null,
  p_notes text default null,
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
    v_booking.date, v_booking.time, coalesce(p_bouquets, v_booking.bouquets), p_customer_name,
    p_customer_email, nullif(p_customer_phone, ''), 'pay_now', nullif(p_notes, ''), null,
    interval '1 hour', null);
  if lower(p_customer_email) is distinct from lower(v_booking.customer_email)
    and v_booking.status in ('held', 'confirmed')
  then
    v_outer := bookingdb.check_customer(v_outer, bookingdb.customer_refusal(
      p_business_id, p_customer_email, v_booking.date, p_booking_id));
  end if;
  perform bookingdb.lock_slot(p_business_id, v_booking.date, v_booking.time);
  v_booking := bookingdb.lock_seen_booking(v_booking, p_expected_version);
  if p_bouquets <> v_booking.bouquets and v_booking.status <> 'waiting' then
    perform bookingdb.check_is_live(v_booking);
  elsif p_bouquets <> v_booking.bouquets then
    perform bookingdb.check_slot_size(p_business_id, v_booking.date, v_booking.time, p_bouquets);
  end if;
  if p_bouquets < v_booking.bouquets then
    v_outer := bookingdb.check_cancellation_window(v_outer, v_booking, null);
  end if;
  begin
    update bookingdb.bookings b
       set bouquets = coalesce(p_bouquets, b.bouquets),
           customer_name = coalesce(p_customer_name, b.customer_name),
           customer_email = coalesce(p_customer_email, b.customer_email),
           customer_phone = nullif(coalesce(p_customer_phone, b.customer_phone), ''),
           notes = nullif(coalesce(p_notes, b.notes), '')
     where b.business_id = p_business_id
       and b.booking_id = p_booking_id;
  exception when unique_violation then
    perform bookingdb.fail('ZB012', format('%s waits for that slot already.', p_customer_email),
                           'p_customer_email');
  end;
  perform bookingdb.end_actor(v_outer);
  return bookingdb.get_booking(p_booking_id, p_business_id);  -- it may be offered a place by now
end $$;
comment on function bookingdb.update_booking is 'Corrects quantity, contact or notes of a booking.';

commit;
