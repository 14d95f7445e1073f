begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when the audit log has changes that are not relayed. What has a transaction id that is
-- not given out yet came with a restore, and was looked at then.
create function bookingdb.is_behind()
returns boolean
language sql
stable
begin atomic
  select c.target is not null
         or c.system_identifier <> (select s.system_identifier from pg_control_system() s)
         or exists (
           select from bookingdb.booking_audit_log l
            where l.xid >= pg_snapshot_xmax(c.seen)
              and l.xid < pg_snapshot_xmax(pg_current_snapshot())
         )
         or exists (
           select from bookingdb.booking_audit_log l
            where l.xid = any (array(select pg_snapshot_xip(c.seen)))
         )
    from bookingdb.relay_cursor c;
end;
comment on function bookingdb.is_behind is 'True when the audit log has changes that are not relayed.';

commit;
