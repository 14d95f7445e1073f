begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The first changes that an endpoint should have a delivery of and has none. What may have been
-- purged is not looked at.
create function bookingdb.missing_changes(p_limit int)
returns bookingdb.booking_audit_log[]
language sql
stable
begin atomic
  select array(
    select l
      from bookingdb.booking_audit_log l
     where l.created_at >= (select c.settled_before from bookingdb.relay_cursor c)
       and exists (
         select from bookingdb.missing_deliveries(l.business_id, l.id, l.action_type, l.created_at)
       )
     order by l.created_at, l.booking_version
     limit p_limit);
end;
comment on function bookingdb.missing_changes is 'Changes that an endpoint should have a delivery of and has none.';

commit;
