begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bytes that an endpoint is sent for a change of a booking, as docs/webhooks/ specifies
-- them. p_fields: the fields of bookings and actors that it may be sent; ids are always there.
create function bookingdb.booking_payload(
  p_change bookingdb.booking_audit_log,
  p_profile bookingdb.webhook_profile,
  p_fields text[]
)
returns bytea
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := 'booking.' || p_change.action_type;
  v_at constant text := bookingdb.iso_instant(p_change.created_at);
  v_old constant jsonb := p_change.old_values;
  v_new constant jsonb := coalesce(p_change.new_values, v_old);
  v_booking jsonb;
  v_previous jsonb;
  v_actor jsonb;
  v_data jsonb;
begin
  select jsonb_object_agg(f, v_new -> f),
         jsonb_object_agg(f, v_old -> f) filter (where v_old -> f <> v_new -> f)
    into v_booking, v_previous
    from unnest(p_fields) as f
   where v_new ? f;
  select jsonb_object_agg(a.field, a.value)
    into v_actor
    from (values
      ('performed_by_id', p_change.performed_by_id), ('ip_address', host(p_change.ip_address)),
      ('user_agent', p_change.user_agent), ('reason', p_change.reason)) as a (field, value)
   where a.field = any (p_fields);
  v_booking := jsonb_build_object('booking_id', p_change.booking_id, 'business_id', p_change.business_id)
               || coalesce(v_booking, jsonb_build_object());
  v_previous := coalesce(v_previous, jsonb_build_object());
  v_data := jsonb_build_object(
    'schema_version', 1,
    'booking', v_booking,
    'changed', array(select jsonb_object_keys(v_previous)),
    'previous', v_previous,
    'version', p_change.booking_version,
    'actor', jsonb_build_object('performed_by', p_change.performed_by)
             || coalesce(v_actor, jsonb_build_object()));
  if p_profile = 'make' then
    return convert_to((v_booking || jsonb_build_object(
      'type', v_type, 'timestamp', v_at, 'version', p_change.booking_version, 'data', v_data))::text,
      'UTF8');
  end if;
  return convert_to(
    json_build_object('type', v_type, 'timestamp', v_at, 'data', v_data)::text, 'UTF8');
end $$;
comment on function bookingdb.booking_payload is 'The bytes that an endpoint is sent for a change of a booking.';

commit;
