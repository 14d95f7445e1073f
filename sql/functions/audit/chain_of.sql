begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit log as a chain: each row of the bookings of a business that changed from p_from to
-- before p_to (NULL: any time), with the version of the row that it is chained to and of the
-- one chained to it. is_in_place: its version is the one that its values have.
create function bookingdb.chain_of(
  p_from timestamptz,
  p_to timestamptz,
  p_business_id uuid
)
returns table (
  booking_id uuid, booking_version int, audit_id uuid, action_type bookingdb.booking_action,
  xid xid8, hash bytea, previous_hash bytea, is_sound boolean, is_in_place boolean,
  before_version int, after_version int
)
language sql
stable
begin atomic
  with changed as materialized (
    select l.booking_id, l.booking_version, l.id, l.action_type, l.xid, l.hash, l.previous_hash,
           bookingdb.is_sound(l) as is_sound,
           coalesce(l.new_values -> 'version' = to_jsonb(l.booking_version),
                    l.old_values -> 'version' = to_jsonb(l.booking_version - 1), false)
           and coalesce(l.new_values, l.old_values) ->> 'booking_id' = l.booking_id::text
           and coalesce(l.new_values, l.old_values) ->> 'business_id' = l.business_id::text
             as is_in_place
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.booking_id in (
         select c.booking_id from bookingdb.changed_bookings(p_from, p_to, p_business_id) c
       )
  )
  select c.booking_id, c.booking_version, c.id, c.action_type, c.xid, c.hash, c.previous_hash,
         c.is_sound, c.is_in_place, before.booking_version, after.booking_version
    from changed c
    left join changed before
      on before.booking_id = c.booking_id and before.hash = c.previous_hash
    left join changed after
      on after.booking_id = c.booking_id and after.previous_hash = c.hash;
end;
comment on function bookingdb.chain_of is 'The audit log as a chain: each row, what it is chained to, and what to it.';

commit;
