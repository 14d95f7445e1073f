begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks the rows of the quarantine that have this e-mail, by import and row, and returns them
-- with those that ever had it. None for NULL.
create function bookingdb.lock_imports(p_email text, p_business_id uuid)
returns uuid[]
language plpgsql
as $$
begin
  perform
     from bookingdb.booking_quarantine q
    where q.business_id = p_business_id
      and lower(q.request ->> 'customer_email') = lower(p_email)
    order by q.source, q.row_number
      for no key update;
  return bookingdb.imports_of_customer(p_email, p_business_id);
end $$;
comment on function bookingdb.lock_imports is 'Locks the rows of the quarantine that a customer has.';

commit;
