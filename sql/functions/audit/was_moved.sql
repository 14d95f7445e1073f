begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a row of the audit log would have its hash at the time of another row of its
-- booking.
create function bookingdb.was_moved(p_business_id uuid, p_booking_id uuid, p_audit_id uuid)
returns boolean
language plpgsql
stable
as $$
declare
  v_change bookingdb.booking_audit_log;
  v_other timestamptz;
begin
  select * into v_change
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.booking_id = p_booking_id
     and l.id = p_audit_id;
  for v_other in
    select l.created_at
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.booking_id = p_booking_id
       and l.id <> p_audit_id
  loop
    v_change.created_at := v_other;
    if v_change.hash = bookingdb.expected_hash(v_change) then
      return true;
    end if;
  end loop;
  return false;
end $$;
comment on function bookingdb.was_moved is 'True when a row of the audit log has its hash at the time of another.';

commit;
