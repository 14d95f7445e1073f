begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes a row of the settings audit log: who acts now, what was before and what is after.
create function bookingdb.log_setting(
  p_business_id uuid,
  p_table_name text,
  p_old_values jsonb,
  p_new_values jsonb
)
returns void
language sql
begin atomic
  insert into bookingdb.settings_audit_log (
    business_id, table_name, old_values, new_values, performed_by, performed_by_id, ip_address,
    user_agent, reason
  )
  select p_business_id, p_table_name, p_old_values, p_new_values, a.performed_by,
         a.performed_by_id, a.ip_address, a.user_agent, a.reason
    from bookingdb.current_actor() a;
end;
comment on function bookingdb.log_setting is 'Writes a row of the settings audit log.';

commit;
