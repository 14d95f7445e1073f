begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012, naming the first argument of create_booking_safe that is missing or malformed.
-- The rules are those of domains; here they name the argument.
-- Returns true, so that it can be called in a condition, which is cheaper than PERFORM.
create function bookingdb.check_booking_arguments(
  p_date date, p_time time, p_bouquets int, p_customer_name text, p_customer_email text,
  p_customer_phone text, p_payment_method bookingdb.payment_method, p_notes text,
  p_idempotency_key text, p_hold_for interval, p_external_reference text
)
returns boolean
language plpgsql
stable
as $$
declare
  v_problem text[] := (case
    when p_date is null then '{p_date,is required}'
    when not bookingdb.is_date(p_date) then '{p_date,%s is no date}'
    when p_time is null then '{p_time,is required}'
    when p_bouquets is null then '{p_bouquets,is required}'
    when p_bouquets < 1 then '{p_bouquets,"must be at least 1, not %s"}'
    when p_customer_name is null and p_hold_for is null then '{p_customer_name,is required}'
    when not bookingdb.is_text(p_customer_name, 200)
      then '{p_customer_name,must not be blank or longer than 200 characters}'
    when p_customer_email is null and p_hold_for is null then '{p_customer_email,is required}'
    when not bookingdb.is_email(p_customer_email)
      then '{p_customer_email,%s is not an e-mail address}'
    when not bookingdb.is_text(p_customer_phone, 50)
      then '{p_customer_phone,must not be blank or longer than 50 characters}'
    when p_payment_method is null then '{p_payment_method,is required}'
    when not bookingdb.is_text(p_notes, 2000)
      then '{p_notes,must not be blank or longer than 2000 characters}'
    when not bookingdb.is_text(p_idempotency_key, 255)
      then '{p_idempotency_key,must not be blank or longer than 255 characters}'
    when not bookingdb.is_text(p_external_reference, 255)
      then '{p_external_reference,must not be blank or longer than 255 characters}'
  end)::text[];
begin
  if v_problem is not null then
    perform bookingdb.fail(
      'ZB012',
      format('%s ' || v_problem[2] || '.', v_problem[1], case v_problem[1]
        when 'p_date' then p_date::text
        when 'p_bouquets' then p_bouquets::text
        else quote_literal(left(p_customer_email, 260))
      end),
      v_problem[1]);
  end if;
  if p_hold_for is not null then
    perform bookingdb.check_hold_for(p_hold_for);
  end if;
  return true;
end $$;
comment on function bookingdb.check_booking_arguments is 'Raises ZB012 for the first missing or malformed argument of a booking.';

commit;
