begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A row of the audit log without its personal parts, which their digest stands for from now on.
-- Of the actor they are the customer's; who of the staff acted stays. Erasing twice is erasing
-- once. Call it under time zone UTC.
create function bookingdb.erased_change(
  p_change bookingdb.booking_audit_log,
  p_erasure_id uuid
)
returns bookingdb.booking_audit_log
language plpgsql
stable
as $$
declare
  v_change bookingdb.booking_audit_log := p_change;
begin
  v_change.personal_digest := coalesce(p_change.personal_digest, bookingdb.personal_digest(
    p_change.salt,
    row(p_change.performed_by, p_change.performed_by_id, p_change.ip_address,
        p_change.user_agent, p_change.reason),
    bookingdb.personal_values(p_change.old_values),
    bookingdb.personal_values(p_change.new_values)));
  v_change.salt := null;
  v_change.erasure_id := p_erasure_id;
  v_change.old_values := bookingdb.erased_values(p_change.old_values);
  v_change.new_values := bookingdb.erased_values(p_change.new_values);
  if p_change.performed_by = 'customer' then
    v_change.performed_by_id := regexp_replace(p_change.performed_by_id, '.*', '[erased]');
    v_change.ip_address := null;
    v_change.user_agent := regexp_replace(p_change.user_agent, '.*', '[erased]');
  end if;
  v_change.reason := regexp_replace(p_change.reason, '.*', '[erased]');
  return v_change;
end $$;
comment on function bookingdb.erased_change is 'A row of the audit log without its personal parts.';

commit;
