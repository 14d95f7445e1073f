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
  v_action bookingdb.booking_action := 'created'::bookingdb.booking_action;
  v_waived text[];
begin
  if tg_op = 'UPDATE' then
    v_action := bookingdb.action_of(old, new);
    if new.cancelled_at is distinct from old.cancelled_at then
      v_actor.reason := coalesce(v_actor.reason, new.cancel_reason);
    end if;
  elsif tg_op = 'DELETE' then
    v_action := 'deleted'::bookingdb.booking_action;
  end if;
  if v_actor.performed_by = 'admin' then
    v_waived := nullif(bookingdb.current_waiver(), '{}');
  end if;
  insert into bookingdb.booking_audit_log (
    business_id, booking_id, booking_version, action_type, old_values, new_values,
    performed_by, performed_by_id, ip_address, user_agent, reason, waived
  )
  values (
    coalesce(new.business_id, old.business_id), coalesce(new.booking_id, old.booking_id),
    coalesce(new.version, old.version + 1), v_action, to_jsonb(old), to_jsonb(new),
    v_actor.performed_by, v_actor.performed_by_id, v_actor.ip_address, v_actor.user_agent,
    v_actor.reason, v_waived
  );
  if bookingdb.dispatcher_sleeps() then  -- a PERFORM costs each booking ten times as much
    perform bookingdb.wake_dispatcher();
  end if;
  return null;
end $$;
comment on function bookingdb.tg_bookings__audit is 'Writes every change of a booking to the audit log.';

commit;
