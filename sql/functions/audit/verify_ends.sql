begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Bookings that stand otherwise than the audit log says.
create function bookingdb.verify_ends(
  p_from timestamptz,
  p_to timestamptz,
  p_business_id uuid
)
returns table (
  damage bookingdb.audit_damage, booking_id uuid, booking_version int, audit_id uuid, detail text
)
language sql
stable
begin atomic
  with standing as materialized (  -- without the row that says how they stand
    select b.booking_id, b.version, l.id, l.is_sound,
           (select coalesce(max(e.booking_version), 0) from bookingdb.booking_audit_log e
             where e.business_id = b.business_id and e.booking_id = b.booking_id) as last_version
      from bookingdb.bookings b
      left join lateral (
        select l.id, bookingdb.is_sound(l) as is_sound
          from bookingdb.booking_audit_log l
         where l.business_id = b.business_id
           and l.booking_id = b.booking_id
           and l.booking_version = b.version
         limit 1
      ) l on true
     where b.business_id = p_business_id
       and b.booking_id in (select bookingdb.changed_bookings(p_from, p_to, p_business_id))
       and not exists (
         select from bookingdb.booking_audit_log l
          where l.business_id = b.business_id
            and l.booking_id = b.booking_id
            and l.booking_version = b.version
            and bookingdb.agree(l.new_values, to_jsonb(b))
       )
       and not exists (
         select from bookingdb.audit_chain_cuts c
          where c.business_id = b.business_id
            and c.booking_id = b.booking_id
            and c.booking_version = b.version
       )
  )
  select 'changed'::bookingdb.audit_damage, s.booking_id, s.version, s.id,
         'The booking differs from its row.'
    from standing s
   where s.is_sound
  union all
  select 'cut_off', s.booking_id, s.last_version + 1, null,
         format('The booking has version %s, its last row %s.', s.version, s.last_version)
    from standing s
   where s.last_version < s.version;
end;
comment on function bookingdb.verify_ends is 'Bookings that stand otherwise than the audit log says.';

commit;
