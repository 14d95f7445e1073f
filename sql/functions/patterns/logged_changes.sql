begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The changes of bookings from p_from to before p_to, with who can be counted for them: the
-- customer or the member of staff who acts, the address and its network unless that is staff's,
-- the booking's e-mail and telephone. What was erased is nobody's.
create function bookingdb.logged_changes(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (
  booking_id uuid, changed_at timestamptz, action_type bookingdb.booking_action, is_staff boolean,
  customer text, staff text, address text, network text, email text, phone text,
  old_values jsonb, row_values jsonb, waived text[]
)
language sql
stable
begin atomic
  select l.booking_id, l.created_at, l.action_type, l.performed_by = 'admin',
         case when l.performed_by = 'customer' and l.performed_by_id <> '[erased]'
              then 'customer ' || l.performed_by_id end,
         case when l.performed_by = 'admin' and l.performed_by_id is distinct from '[erased]'
              then 'staff ' || coalesce(l.performed_by_id, '(unnamed)') end,
         case when l.performed_by <> 'admin' then 'address ' || host(l.ip_address) end,
         case when l.performed_by <> 'admin'
              then 'network ' || bookingdb.network_of(l.ip_address) end,
         'e-mail ' || bookingdb.normal_email(v.row_values ->> 'customer_email'),
         'phone ' || bookingdb.normal_phone(v.row_values ->> 'customer_phone'),
         l.old_values, v.row_values, l.waived
    from bookingdb.booking_audit_log l
   cross join lateral (select coalesce(l.new_values, l.old_values)) as v (row_values)
   where l.business_id = p_business_id
     and l.created_at >= p_from
     and l.created_at < coalesce(p_to, 'infinity');
end;
comment on function bookingdb.logged_changes is 'The changes of bookings in a time, with who can be counted for them.';

commit;
