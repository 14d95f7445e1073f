begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why a customer may not have another open booking on a date, see is_at_limit. NULL: nothing
-- speaks against it.
-- Locks: the customer.
create function bookingdb.customer_refusal(
  p_business_id uuid, p_customer_email text, p_date date, p_booking_id uuid,
  p_counts_holds boolean default true
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit int := bookingdb.lock_customer(p_business_id, p_customer_email);
begin
  if bookingdb.is_at_limit(p_business_id, p_customer_email, p_date, p_booking_id, p_counts_holds) then
    return format('%s has %s open bookings on %s already; more are not taken.',
                  p_customer_email, v_limit, p_date);
  end if;
  return null;
end $$;
comment on function bookingdb.customer_refusal is 'Why a customer may not have another open booking on a date; NULL when he may.';

commit;
