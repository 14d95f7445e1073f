begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes what happened to a booking, and who did it, to the audit log, whoever writes. The
-- values are spelled the same whatever the session's settings, so that they can be compared.
create function bookingdb.tg_bookings__audit()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set bytea_output = 'hex'
as $$
declare
  v_actor bookingdb.actor := bookingdb.current_actor();
  v_waived text[] := case when v_actor.performed_by = 'admin' then
    nullif(bookingdb.current_waiver(), '{}') end;
begin
  if tg_op = 'INSERT' then
    insert into bookingdb.booking_audit_log (
      business_id, booking_id, booking_version, action_type, new_values,
      performed_by, performed_by_id, ip_address, user_agent, reason, waived
    )
    values (
      new.business_id, new.booking_id, new.version, 'created', to_jsonb(new),
      v_actor.performed_by, v_actor.performed_by_id, v_actor.ip_address, v_actor.user_agent,
      v_actor.reason, v_waived
    );
  elsif tg_op = 'UPDATE' then
    insert into bookingdb.booking_audit_log (
      business_id, booking_id, booking_version, action_type, old_values, new_values,
      performed_by, performed_by_id, ip_address, user_agent, reason, waived
    )
    values (
      new.business_id, new.booking_id, new.version, bookingdb.action_of(old, new),
      to_jsonb(old), to_jsonb(new),
      v_actor.performed_by, v_actor.performed_by_id, v_actor.ip_address, v_actor.user_agent,
      coalesce(v_actor.reason, case when new.cancelled_at is distinct from old.cancelled_at
                                 then new.cancel_reason end), v_waived
    );
  else
    insert into bookingdb.booking_audit_log (
      business_id, booking_id, booking_version, action_type, old_values,
      performed_by, performed_by_id, ip_address, user_agent, reason
    )
    values (
      old.business_id, old.booking_id, old.version + 1, 'deleted', to_jsonb(old),
      v_actor.performed_by, v_actor.performed_by_id, v_actor.ip_address, v_actor.user_agent,
      v_actor.reason
    );
  end if;
  perform bookingdb.wake_dispatcher();
  return null;
end $$;
comment on function bookingdb.tg_bookings__audit is 'Writes every change of a booking to the audit log.';

commit;
