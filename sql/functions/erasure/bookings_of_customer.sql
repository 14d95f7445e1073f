begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings that have this e-mail, or ever had it as far as the audit log goes back, in the
-- order of their ids. Reads all of the log of the business: it is asked once in a while, and
-- an index would cost every booking.
create function bookingdb.bookings_of_customer(p_email text, p_business_id uuid)
returns uuid[]
language sql
stable
begin atomic
  select array(
    select b.booking_id
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and lower(b.customer_email) = lower(p_email)
     union
    select l.booking_id
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and lower(p_email) in (
             lower(l.old_values ->> 'customer_email'), lower(l.new_values ->> 'customer_email'))
     order by 1);
end;
comment on function bookingdb.bookings_of_customer is 'The bookings that a customer has, or had.';

commit;
