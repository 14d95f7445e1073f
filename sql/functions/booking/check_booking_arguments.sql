begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012, naming the first argument of create_booking_safe that is missing or malformed.
-- The rules are those of the constraints on bookings; here they name the argument.
create function bookingdb.check_booking_arguments(
  p_date date, p_time time, p_bouquets int, p_customer_name text, p_customer_email text,
  p_customer_phone text, p_payment_method bookingdb.payment_method, p_notes text,
  p_idempotency_key text, p_hold_for interval, p_external_reference text
)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text[] := case
    when p_date is null then '{p_date,is required}'
    when not bookingdb.is_date(p_date) then array['p_date', format('%s is no date', p_date)]
    when p_time is null then '{p_time,is required}'
    when p_bouquets is null then '{p_bouquets,is required}'
    when p_bouquets < 1 then array['p_bouquets', format('must be at least 1, not %s', p_bouquets)]
    when p_customer_name is null and p_hold_for is null then '{p_customer_name,is required}'
    when not bookingdb.is_text(p_customer_name, 200)
      then '{p_customer_name,must not be blank or longer than 200 characters}'
    when p_customer_email is null and p_hold_for is null then '{p_customer_email,is required}'
    when not bookingdb.is_email(p_customer_email)
      then array['p_customer_email', format('%L is not an e-mail address', left(p_customer_email, 260))]
    when not bookingdb.is_text(p_customer_phone, 50)
      then '{p_customer_phone,must not be blank or longer than 50 characters}'
    when p_payment_method is null then '{p_payment_method,is required}'
    when not bookingdb.is_text(p_notes, 2000)
      then '{p_notes,must not be blank or longer than 2000 characters}'
    when not bookingdb.is_text(p_idempotency_key, 255)
      then '{p_idempotency_key,must not be blank or longer than 255 characters}'
    when not bookingdb.is_text(p_external_reference, 255)
      then '{p_external_reference,must not be blank or longer than 255 characters}'
  end;
begin
  if v_problem is not null then
    perform bookingdb.fail('ZB012', format('%s %s.', v_problem[1], v_problem[2]), v_problem[1]);
  end if;
  if p_hold_for is not null then
    perform bookingdb.check_hold_for(p_hold_for);
  end if;
end $$;
comment on function bookingdb.check_booking_arguments is 'Raises ZB012 for the first missing or malformed argument of a booking.';

commit;
