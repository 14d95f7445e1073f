begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a customer has as many open bookings on a date as the business takes from one: those
-- that are confirmed, and with p_counts_holds the holds that have not run out. p_booking_id is
-- not counted. A business without a limit takes any number. Takes no lock.
create function bookingdb.is_at_limit(
  p_business_id uuid, p_customer_email text, p_date date, p_booking_id uuid, p_counts_holds boolean
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select
      from bookingdb.businesses v
     where v.business_id = p_business_id
       and v.customer_limit > 0
       and v.customer_limit <= (
         select count(*)
           from bookingdb.bookings b
          where b.business_id = p_business_id
            and b.date = p_date
            and lower(b.customer_email) = lower(p_customer_email)
            and b.booking_id is distinct from p_booking_id
            and (b.status = 'confirmed'
                 or p_counts_holds and b.status = 'held'
                    and b.hold_expires_at > bookingdb.clock_now())
       )
  );
end $$;
comment on function bookingdb.is_at_limit is 'Whether a customer has as many open bookings on a date as the business takes.';

commit;
