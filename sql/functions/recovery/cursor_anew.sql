begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The relay's cursor as it has to be to begin anew: on no server, so that relay_events() looks
-- for what lacks a delivery, and at a pass that no delivery is beyond.
-- Until when deliveries may have been purged: p_settled_before; else the cursor knows; else,
-- when it is lost or names a time that no purge reaches, everything that was purged is older
-- than a day and than what finished first of all that is left. Which months were dropped: those
-- that were exported and are not there.
create function bookingdb.cursor_anew(p_settled_before timestamptz)
returns bookingdb.relay_cursor
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_latest constant timestamptz := bookingdb.clock_now() - interval '1 day';
  v_cursor bookingdb.relay_cursor;
begin
  select * into v_cursor from bookingdb.relay_cursor;
  v_cursor.only_one := true;
  v_cursor.seen := coalesce(v_cursor.seen, pg_current_snapshot());
  v_cursor.target := null;
  v_cursor.target_position := '0';
  v_cursor.relay_pass := greatest(
    v_cursor.relay_pass, (select max(d.relay_pass) from bookingdb.webhook_deliveries d), 1);
  v_cursor.system_identifier := 0;
  v_cursor.restored_at := coalesce(v_cursor.restored_at, '-infinity');
  v_cursor.restored_xmax := coalesce(v_cursor.restored_xmax, '0');
  if p_settled_before is not null then
    v_cursor.settled_before := p_settled_before;
  elsif v_cursor.settled_before <= v_latest is not true then
    select case when min(d.finished_at) is null then '-infinity'
                else least(min(d.finished_at), v_latest) end
      into v_cursor.settled_before
      from bookingdb.webhook_deliveries d;
  end if;
  v_cursor.dropped_before := greatest(
    v_cursor.dropped_before, '-infinity',
    (select max(e.month + interval '1 month') at time zone 'UTC'
       from bookingdb.audit_exports e
      where to_regclass('bookingdb.booking_audit_log_' || to_char(e.month, 'YYYY_MM')) is null));
  return v_cursor;
end $$;
comment on function bookingdb.cursor_anew is 'The relay''s cursor as it has to be to begin anew.';

commit;
