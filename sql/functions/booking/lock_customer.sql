begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a customer of a business that limits open bookings, up to the commit, so that two calls
-- do not count at once; before any slot, as everywhere, and several by e-mail address. An
-- advisory lock: it writes nothing. Returns the limit; where it is 0, nothing is locked.
create function bookingdb.lock_customer(p_business_id uuid, p_customer_email text)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit int := coalesce((select b.customer_limit
                             from bookingdb.businesses b
                            where b.business_id = p_business_id), 0);
begin
  if v_limit > 0 and p_customer_email is not null then
    perform pg_advisory_xact_lock(hashtextextended(
      concat_ws(' ', 'bookingdb customer', p_business_id, lower(p_customer_email)), 0));
  end if;
  return v_limit;
end $$;
comment on function bookingdb.lock_customer is 'Locks a customer of a business that limits open bookings.';

commit;
