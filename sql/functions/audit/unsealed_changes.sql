begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Rows of the audit log that no seal covers, as far as p_by sees them: those of transactions
-- that the cursor's snapshot does not see. On another server, as after a restore, transaction
-- ids mean nothing: there all that is in no seal.
create function bookingdb.unsealed_changes(p_cursor bookingdb.audit_seal_cursor, p_by pg_snapshot)
returns setof bookingdb.booking_audit_log
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
as $$
declare
  v_cursor constant bookingdb.relay_cursor := jsonb_populate_record(
    null::bookingdb.relay_cursor, to_jsonb(p_cursor) || '{"target_position": "0"}');
begin
  if p_cursor.system_identifier = (select s.system_identifier from pg_control_system() s) then
    return query
      select * from bookingdb.changes_running_then(v_cursor, p_by)
      union all
      select * from bookingdb.changes_begun_since(v_cursor, p_by);
    return;
  end if;
  return query
    with sealed as materialized (
      select u.audit_id
        from bookingdb.audit_seals s
       cross join lateral unnest(s.audit_ids) as u (audit_id)
    )
    select l.*
      from bookingdb.booking_audit_log l
     where not exists (select from sealed s where s.audit_id = l.id);
end $$;
comment on function bookingdb.unsealed_changes is 'Rows of the audit log that no seal covers.';

commit;
