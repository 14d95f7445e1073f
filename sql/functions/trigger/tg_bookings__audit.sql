begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes what happened to a booking, and who did it, to the audit log, whoever writes, chained
-- by its hash to the row before: the lock of the booking keeps them in order. The
-- values are spelled the same whatever the session's settings, so that they can be compared.
-- The time is the booking's own updated_at, so that the next change finds this row by its key.
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
  v_id uuid := gen_random_uuid();
  v_salt uuid := gen_random_uuid();
  v_at timestamptz;
  v_action bookingdb.booking_action;
  v_old jsonb;
  v_old_personal jsonb;
  v_new jsonb := to_jsonb(new);
  v_new_personal jsonb := bookingdb.personal_values(v_new);
  v_waived text[];
  v_previous bytea;
  v_hash bytea;
begin
  if tg_op = 'INSERT' then
    v_action := 'created'::bookingdb.booking_action;
    v_at := new.updated_at;
  else
    v_previous := bookingdb.last_hash_of(old);
    v_old := to_jsonb(old);
    if tg_op = 'DELETE' then
      v_action := 'deleted'::bookingdb.booking_action;
      v_at := bookingdb.clock_now();
    else
      v_action := bookingdb.action_of(old, new);
      v_at := new.updated_at;
      if v_action = 'redacted' then
        v_old := bookingdb.erased_values(v_old);
      end if;
      if new.cancelled_at is distinct from old.cancelled_at then
        v_actor.reason := coalesce(v_actor.reason, new.cancel_reason);
      end if;
    end if;
    v_old_personal := bookingdb.personal_values(v_old);
  end if;
  if v_actor.performed_by = 'admin' then
    v_waived := nullif(bookingdb.current_waiver(), '{}');
  end if;
  v_hash := bookingdb.change_hash(
    v_previous, bookingdb.personal_digest(v_salt, v_actor, v_old_personal, v_new_personal),
    v_id, v_action, v_at, v_actor, v_waived, bookingdb.public_values(v_old, v_old_personal),
    bookingdb.public_values(v_new, v_new_personal));
  insert into bookingdb.booking_audit_log (
    business_id, id, booking_id, booking_version, action_type, old_values, new_values,
    performed_by, performed_by_id, ip_address, user_agent, reason, waived, created_at,
    salt, previous_hash, hash
  )
  values (
    coalesce(new.business_id, old.business_id), v_id, coalesce(new.booking_id, old.booking_id),
    coalesce(new.version, old.version + 1), v_action, v_old, v_new,
    v_actor.performed_by, v_actor.performed_by_id, v_actor.ip_address, v_actor.user_agent,
    v_actor.reason, v_waived, v_at, v_salt, v_previous, v_hash
  );
  if bookingdb.somebody_listens() then  -- a PERFORM costs each booking ten times as much
    perform bookingdb.tell_listeners(
      coalesce(new.business_id, old.business_id), least(old.date, new.date), greatest(old.date, new.date));
  end if;
  return null;
end $$;
comment on function bookingdb.tg_bookings__audit is 'Writes every change of a booking to the audit log.';

commit;
