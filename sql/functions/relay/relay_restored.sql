begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- relay_events() on another server than the one whose transaction ids the cursor knows: queues
-- what an endpoint should have and does not. When nothing is missing any more, the cursor
-- begins anew here.
create function bookingdb.relay_restored(p_limit int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen pg_snapshot := pg_current_snapshot();
  v_changes bookingdb.booking_audit_log[] := array(
    select l
      from bookingdb.booking_audit_log l
     where l.created_at >= (select c.settled_before from bookingdb.relay_cursor c)
       and exists (
         select from bookingdb.missing_deliveries(l.business_id, l.id, l.action_type, l.created_at)
       )
     order by l.created_at, l.booking_version
     limit p_limit);
begin
  perform bookingdb.queue_changes(v_changes, c.relay_pass) from bookingdb.relay_cursor c;
  if cardinality(v_changes) < p_limit then
    update bookingdb.relay_cursor c
       set seen = v_seen,
           target = null,
           target_position = '0',
           relay_pass = c.relay_pass + 1,
           restored_until = greatest(c.restored_until, (
             select max(l.created_at)
               from bookingdb.booking_audit_log l
              where l.xid >= pg_snapshot_xmax(v_seen))),
           system_identifier = (select s.system_identifier from pg_control_system() s);
  end if;
  return cardinality(v_changes);
end $$;
comment on function bookingdb.relay_restored is 'Queues what endpoints lack after a restore.';

commit;
