begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bookings of a business that changed from p_from to before p_to (NULL: any time), by their
-- own word or by that of the log.
create function bookingdb.changed_bookings(
  p_from timestamptz,
  p_to timestamptz,
  p_business_id uuid
)
returns table (booking_id uuid)
language sql
stable
begin atomic
  select l.booking_id
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.created_at >= coalesce(p_from, '-infinity')
     and l.created_at < coalesce(p_to, 'infinity')
  union
  select b.booking_id
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.updated_at >= coalesce(p_from, '-infinity')
     and b.updated_at < coalesce(p_to, 'infinity');
end;
comment on function bookingdb.changed_bookings is 'The bookings of a business that changed in a period.';

commit;
