begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the log of settings says of rows of the quarantine, where it is about the customer.
create function bookingdb.settings_of_imports(
  p_quarantine_ids uuid[],
  p_email text,
  p_business_id uuid
)
returns setof bookingdb.settings_audit_log
language sql
stable
begin atomic
  select l.*
    from bookingdb.settings_audit_log l
   where l.business_id = p_business_id
     and l.table_name = 'booking_quarantine'
     and coalesce(l.new_values, l.old_values) ->> 'quarantine_id' = any (p_quarantine_ids::text[])
     and bookingdb.concerns_customer(
           l.old_values -> 'request', l.new_values -> 'request', p_email);
end;
comment on function bookingdb.settings_of_imports is 'What the log of settings says of rows of the quarantine.';

commit;
