begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal data of a customer out of the quarantine, where what was not decided on is
-- decided by that, and out of the log of settings, which tells of it.
-- Returns how many rows of both had something.
create function bookingdb.erase_imports(
  p_quarantine_ids uuid[],
  p_email text,
  p_business_id uuid
)
returns int
language plpgsql
set timezone = 'UTC'
as $$
declare
  v_row_count int;
  v_change_count int;
begin
  update bookingdb.booking_quarantine q
     set request = e.request,
         detail = e.detail,
         resolution = coalesce(e.resolution, '[erased]'),
         resolved_at = coalesce(q.resolved_at, bookingdb.clock_now())
    from bookingdb.booking_quarantine p
   cross join lateral jsonb_populate_record(p, bookingdb.erased_import(to_jsonb(p))) e
   where q.business_id = p_business_id
     and q.quarantine_id = any (p_quarantine_ids)
     and lower(q.request ->> 'customer_email') = lower(p_email)
     and p.business_id = q.business_id
     and p.quarantine_id = q.quarantine_id;
  get diagnostics v_row_count = row_count;
  update bookingdb.settings_audit_log l
     set (old_values, new_values, performed_by_id, ip_address, user_agent, reason)
         = (select e.old_values, e.new_values, e.performed_by_id, e.ip_address, e.user_agent,
                   e.reason
              from bookingdb.erased_setting(l) e)
    from bookingdb.settings_of_imports(p_quarantine_ids, p_email, p_business_id) s
   where l.business_id = s.business_id
     and l.created_at = s.created_at
     and l.id = s.id
     and l is distinct from bookingdb.erased_setting(l);
  get diagnostics v_change_count = row_count;
  return v_row_count + v_change_count;
end $$;
comment on function bookingdb.erase_imports is 'Takes the personal data of a customer out of the quarantine.';

commit;
