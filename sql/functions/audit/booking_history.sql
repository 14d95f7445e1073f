begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- All that happened to a booking, oldest first: before, after, who, from where and why; and
-- what changed, in words, such as "time: 09:00 -> 10:30". erasure_id: what was personal was
-- erased since. Also of a booking that was deleted.
-- Raises ZB006 when there never was one.
create function bookingdb.booking_history(
  p_booking_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  id uuid, booking_id uuid, booking_version int, action_type bookingdb.booking_action,
  old_values jsonb, new_values jsonb, performed_by bookingdb.actor_kind, performed_by_id text,
  ip_address inet, user_agent text, reason text, waived text[], created_at timestamptz,
  changes text[], hash bytea, erasure_id uuid
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select l.id, l.booking_id, l.booking_version, l.action_type, l.old_values, l.new_values,
           l.performed_by, l.performed_by_id, l.ip_address, l.user_agent, l.reason,
           l.waived::text[], l.created_at, array(
             select case
                      when l.old_values is null then format('%s: %s', c.field, c.new_value)
                      else format('%s: %s -> %s', c.field, c.old_value, c.new_value)
                    end
               from bookingdb.changes_between(l.old_values, l.new_values) c),
           l.hash, l.erasure_id
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.booking_id = p_booking_id
     order by l.booking_version, l.created_at;
  if not found then
    perform bookingdb.get_booking(p_booking_id, p_business_id);
  end if;
end $$;
comment on function bookingdb.booking_history is 'All that happened to a booking, oldest first.';

commit;
