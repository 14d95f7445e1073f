begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The rows of the quarantine that have this e-mail, or ever had it, gone ones too.
create function bookingdb.imports_of_customer(p_email text, p_business_id uuid)
returns uuid[]
language sql
stable
begin atomic
  select array(
    select q.quarantine_id
      from bookingdb.booking_quarantine q
     where q.business_id = p_business_id
       and lower(q.request ->> 'customer_email') = lower(p_email)
     union
    select (coalesce(l.new_values, l.old_values) ->> 'quarantine_id')::uuid
      from bookingdb.settings_audit_log l
     where l.business_id = p_business_id
       and l.table_name = 'booking_quarantine'
       and lower(p_email) in (lower(l.old_values #>> '{request,customer_email}'),
                              lower(l.new_values #>> '{request,customer_email}'))
     order by 1);
end;
comment on function bookingdb.imports_of_customer is 'The rows of the quarantine that a customer has, or had.';

commit;
