begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB014 when the customer may not have another open booking on a date (see
-- customer_refusal); staff waives it.
-- p_outer: what begin_actor() returned. Returns what end_actor() is to be given.
create function bookingdb.check_customer(
  p_outer text, p_business_id uuid, p_customer_email text, p_date date, p_booking_id uuid
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refusal text := bookingdb.customer_refusal(
    p_business_id, p_customer_email, p_date, p_booking_id);
begin
  if v_refusal is null then
    return p_outer;
  elsif (bookingdb.current_actor()).performed_by <> 'admin' then
    perform bookingdb.fail('ZB014', v_refusal);
  end if;
  return bookingdb.waive(p_outer, '{customer_limit}');
end $$;
comment on function bookingdb.check_customer is 'Raises ZB014 when a customer may not have another open booking on a date.';

commit;
