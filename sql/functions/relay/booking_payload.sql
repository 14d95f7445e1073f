begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bytes that an endpoint is sent for a change of a booking, as docs/webhooks/ specifies
-- them, without the columns in p_hidden; p_fields says what it is sent of the actor.
create function bookingdb.booking_payload(
  p_change bookingdb.booking_audit_log,
  p_profile bookingdb.webhook_profile,
  p_fields text[],
  p_hidden text[]
)
returns bytea
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking constant jsonb := coalesce(p_change.new_values, p_change.old_values) - p_hidden;
  v_previous jsonb := jsonb_build_object();
  v_changed jsonb := jsonb_build_array();
  v_actor jsonb := jsonb_build_object('performed_by', p_change.performed_by);
  v_event jsonb;
begin
  if p_change.old_values is not null then
    select coalesce(jsonb_object_agg(o.key, o.value), v_previous),
           coalesce(jsonb_agg(o.key), v_changed)
      into v_previous, v_changed
      from jsonb_each(p_change.old_values - p_hidden) o
     where o.value <> v_booking -> o.key;
  end if;
  if p_fields && '{performed_by_id,ip_address,user_agent,reason}' then
    v_actor := v_actor || (
      select jsonb_object_agg(a.field, a.value)
        from (values
          ('performed_by_id', p_change.performed_by_id), ('ip_address', host(p_change.ip_address)),
          ('user_agent', p_change.user_agent), ('reason', p_change.reason)) as a (field, value)
       where a.field = any (p_fields));
  end if;
  v_event := jsonb_build_object(
    'type', 'booking.' || p_change.action_type,
    'timestamp', bookingdb.iso_instant(p_change.created_at),
    'data', jsonb_build_object(
      'schema_version', 1,
      'booking', v_booking,
      'changed', v_changed,
      'previous', v_previous,
      'version', p_change.booking_version,
      'actor', v_actor,
      'audit', jsonb_build_object('id', p_change.id, 'hash', encode(p_change.hash, 'hex'))));
  if p_profile = 'make' then
    v_event := v_booking || jsonb_build_object('version', p_change.booking_version) || v_event;
  end if;
  return convert_to(v_event::text, 'UTF8');
end $$;
comment on function bookingdb.booking_payload is 'The bytes that an endpoint is sent for a change of a booking.';

commit;
