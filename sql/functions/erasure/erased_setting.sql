begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A row of the log of settings that tells of the quarantine, without what is personal.
create function bookingdb.erased_setting(p_change bookingdb.settings_audit_log)
returns bookingdb.settings_audit_log
language plpgsql
immutable
as $$
declare
  v_change bookingdb.settings_audit_log := p_change;
begin
  v_change.old_values := bookingdb.erased_import(p_change.old_values);
  v_change.new_values := bookingdb.erased_import(p_change.new_values);
  if p_change.performed_by = 'customer' then
    v_change.performed_by_id := regexp_replace(p_change.performed_by_id, '.*', '[erased]');
    v_change.ip_address := null;
    v_change.user_agent := regexp_replace(p_change.user_agent, '.*', '[erased]');
  end if;
  v_change.reason := regexp_replace(p_change.reason, '.*', '[erased]');
  return v_change;
end $$;
comment on function bookingdb.erased_setting is 'A row of the log of settings without what is personal.';

commit;
