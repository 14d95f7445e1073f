begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The changes of a booking and who was told of each, as dispute_file() has them.
create function bookingdb.dispute_timeline(
  p_booking_id uuid, p_business_id uuid, p_time_zone text
)
returns jsonb
language sql
stable
begin atomic
  with told as materialized (
    select * from bookingdb.dispute_deliveries(p_booking_id, p_business_id, p_time_zone)
  )
  select jsonb_agg(
           jsonb_build_object(
             'id', h.id, 'booking_version', h.booking_version, 'action_type', h.action_type,
             'at', bookingdb.iso_instant(h.created_at),
             'at_local', bookingdb.local_instant(h.created_at, p_time_zone),
             'performed_by', h.performed_by, 'performed_by_id', h.performed_by_id,
             'ip_address', host(h.ip_address), 'user_agent', h.user_agent, 'reason', h.reason,
             'waived', h.waived, 'old_values', h.old_values, 'new_values', h.new_values,
             'erasure_id', h.erasure_id)
           || jsonb_build_object(
             'changes', (
               select coalesce(jsonb_agg(jsonb_build_object(
                        'field', c.field, 'old', c.old_value, 'new', c.new_value)), '[]')
                 from bookingdb.changes_between(h.old_values, h.new_values) c),
             'deliveries', coalesce(
               (select t.deliveries from told t where t.booking_version = h.booking_version),
               '[]'))
           order by h.booking_version, h.created_at)
    from bookingdb.booking_history(p_booking_id, p_business_id) h;
end;
comment on function bookingdb.dispute_timeline is 'The changes of a booking and who was told of each, for a dispute.';

commit;
