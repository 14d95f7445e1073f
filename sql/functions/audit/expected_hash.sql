begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The hash that a row of the audit log must have. Call it under time zone UTC.
create function bookingdb.expected_hash(p_change bookingdb.booking_audit_log)
returns bytea
language plpgsql
stable
as $$
declare
  v_actor bookingdb.actor := row(
    p_change.performed_by, p_change.performed_by_id, p_change.ip_address, p_change.user_agent,
    p_change.reason);
  v_old jsonb := bookingdb.personal_values(p_change.old_values);
  v_new jsonb := bookingdb.personal_values(p_change.new_values);
begin
  return bookingdb.change_hash(
    p_change.previous_hash,
    coalesce(p_change.personal_digest,
             bookingdb.personal_digest(p_change.salt, v_actor, v_old, v_new)),
    p_change.id, p_change.action_type, p_change.created_at, v_actor, p_change.waived,
    bookingdb.public_values(p_change.old_values, v_old),
    bookingdb.public_values(p_change.new_values, v_new));
end $$;
comment on function bookingdb.expected_hash is 'The hash that a row of the audit log must have.';

commit;
