begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit rows of bookings that are about a customer, as he may see them: of a booking that
-- changed hands without what is about the other.
create function bookingdb.changes_shown_to(
  p_booking_ids uuid[],
  p_email text,
  p_business_id uuid
)
returns setof bookingdb.booking_audit_log
language sql
stable
begin atomic
  select (jsonb_populate_record(l, jsonb_build_object(
           'old_values', case
             when lower(l.old_values ->> 'customer_email') <> lower(p_email)
               then bookingdb.erased_values(l.old_values) else l.old_values end,
           'new_values', case
             when lower(l.new_values ->> 'customer_email') <> lower(p_email)
               then bookingdb.erased_values(l.new_values) else l.new_values end))).*
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.booking_id = any (p_booking_ids)
     and bookingdb.concerns_customer(l.old_values, l.new_values, p_email)
   order by l.booking_id, l.booking_version, l.created_at;
end;
comment on function bookingdb.changes_shown_to is 'The audit rows that are about a customer, as he may see them.';

commit;
