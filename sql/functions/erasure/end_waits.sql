begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes bookings off the waiting list that are about to be erased; p_email: only those that
-- have it.
create function bookingdb.end_waits(p_booking_ids uuid[], p_email text, p_business_id uuid)
returns void
language plpgsql
as $$
begin
  update bookingdb.bookings b
     set status = 'cancelled'
   where b.business_id = p_business_id
     and b.booking_id = any (p_booking_ids)
     and b.status = 'waiting'
     and (p_email is null or lower(b.customer_email) = lower(p_email));
end $$;
comment on function bookingdb.end_waits is 'Takes bookings off the waiting list that are about to be erased.';

commit;
