begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why a customer may not have another open booking on a date: the business's customer_limit is
-- reached. NULL: nothing speaks against it. p_booking_id is not counted.
-- Locks: the customer's day, up to the commit, so that two calls do not count at once; before
-- any slot, as everywhere. Nothing where there is no limit.
create function bookingdb.customer_refusal(
  p_business_id uuid, p_customer_email text, p_date date, p_booking_id uuid
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit int := (select b.customer_limit
                    from bookingdb.businesses b
                   where b.business_id = p_business_id);
begin
  if coalesce(v_limit, 0) = 0 or p_customer_email is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(
    concat_ws(' ', 'bookingdb customer', p_business_id, p_date, lower(p_customer_email)), 0));
  if v_limit > (
    select count(*)
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.date = p_date
       and lower(b.customer_email) = lower(p_customer_email)
       and b.booking_id is distinct from p_booking_id
       and (b.status = 'confirmed'
            or b.status = 'held' and b.hold_expires_at > bookingdb.clock_now())
  ) then
    return null;
  end if;
  return format('%s has %s open bookings on %s already; more are not taken.',
                p_customer_email, v_limit, p_date);
end $$;
comment on function bookingdb.customer_refusal is 'Why a customer may not have another open booking on a date; NULL when he may.';

commit;
