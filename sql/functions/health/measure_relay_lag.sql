begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- For how long the oldest change has not been relayed, and how many are not. Without an
-- endpoint nothing has to be. The first 1000 are looked at.
create function bookingdb.measure_relay_lag()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_cursor bookingdb.relay_cursor;
  v_now constant pg_snapshot := pg_current_snapshot();
  v_count bigint;
  v_seconds numeric;
begin
  select * into strict v_cursor from bookingdb.relay_cursor;
  if not exists (select from bookingdb.webhook_endpoints e where e.removed_at is null) then
    return (0, 'There is no endpoint: nothing has to be relayed.', null, null)::bookingdb.health_reading;
  elsif v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return (null, 'Unknown before the relay has run on this server; see restored.', null, null)::bookingdb.health_reading;
  end if;
  select count(*), coalesce(extract(epoch from bookingdb.clock_now() - min(c.created_at)), 0)
    into v_count, v_seconds
    from (
      select r.created_at from bookingdb.changes_running_then(v_cursor, v_now) r
      union all
      select b.created_at
        from (
          select l.created_at
            from bookingdb.changes_begun_since(v_cursor, v_now) l
           order by l.xid
           limit 1000
        ) b
    ) c;
  return (
    round(greatest(v_seconds, 0)),
    format('%s changes are not relayed yet%s.', case when v_count >= 1000 then '1000 or more' else v_count::text end,
           case when v_count > 0 then format(', the oldest since %s seconds', round(v_seconds)) end),
    'bookingdb dispatch relays and sends: see that it runs and why it stopped.', null)::bookingdb.health_reading;
end $$;
comment on function bookingdb.measure_relay_lag is 'How far the relay is behind the audit log.';

commit;
