begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Rows of the audit log that go further than their booking, beside the row that says how it
-- stands, or of a booking that is gone without a row that says that it was deleted. A booking
-- that was deleted and inserted again has the rows of its earlier life by right.
create function bookingdb.verify_surplus(
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
  with ending as materialized (
    select l.booking_id, l.booking_version, l.id, l.action_type, l.hash, l.created_at, b.version,
           l.booking_version = b.version and bookingdb.agree(l.new_values, to_jsonb(b))
             as is_present,
           row_number() over (
             partition by l.booking_id order by l.created_at desc, l.booking_version desc
           ) as n
      from bookingdb.booking_audit_log l
      left join bookingdb.bookings b using (business_id, booking_id)
     where l.business_id = p_business_id
       and l.booking_id in (select bookingdb.changed_bookings(p_from, p_to, p_business_id))
       and (b.version is null or l.booking_version >= b.version)
  )
  select 'inserted'::bookingdb.audit_damage, e.booking_id, e.booking_version, e.id,
         format('The booking has version %s.', e.version)
    from ending e
   where e.version is not null
     and (e.booking_version > e.version
          or not e.is_present and exists (
            select from ending p where p.booking_id = e.booking_id and p.is_present
          ))
     and not exists (
       select from bookingdb.booking_audit_log l
        where l.business_id = p_business_id
          and l.booking_id = e.booking_id
          and l.booking_version = 1
          and l.created_at > e.created_at
     )
  union all
  select case when bookingdb.seal_of(e.id, p_business_id) is null then 'inserted' else 'cut_off'
         end::bookingdb.audit_damage,
         e.booking_id, e.booking_version, e.id,
         'The booking is not there, and no later row says that it was deleted.'
    from ending e
   where e.version is null
     and e.n = 1
     and e.action_type <> 'deleted'
     and not bookingdb.is_chained_elsewhere(e.booking_id, e.hash, p_business_id);
end;
comment on function bookingdb.verify_surplus is 'Rows of the audit log that go further than their booking.';

commit;
