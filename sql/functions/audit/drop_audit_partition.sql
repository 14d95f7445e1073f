begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Drops the audit log's partition of a month that is over (UTC; any day of it names it), unless
-- something of it has still to be sent. It is the only way: the view of the
-- partitions refuses DROP TABLE.
-- Locks: the relay's cursor and the partition; at the end the log exclusively, for a moment.
-- Bookings queue up behind that, so it waits for others no longer than a second.
-- Returns how many rows went. Raises ZB018 when rows are not relayed, or not delivered; ZB012
-- for a month that has no partition or is not over; 42501 for a login that is bound to
-- businesses; lock_not_available (55P03) when somebody
-- has used the log in a transaction that is still open: try again.
create function bookingdb.drop_audit_partition(p_month date)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_month timestamp := case when bookingdb.is_date(p_month)
                         then date_trunc('month', p_month::timestamp) end;
  v_name text := to_char(v_month, '"booking_audit_log_"YYYY_MM');
  v_first timestamptz := v_month at time zone 'UTC';
  v_next timestamptz := (v_month + interval '1 month') at time zone 'UTC';
  v_unseen bigint;
  v_open bigint;
  v_count bigint;
begin
  perform bookingdb.refuse_bound('drop_audit_partition()');
  if v_name is null or to_regclass('bookingdb.' || v_name) is null
     or v_next > bookingdb.clock_now() then
    perform bookingdb.fail('ZB012', format('The month of %s has no partition, or is not over.',
                           coalesce(p_month::text, 'NULL')), 'p_month');
  end if;
  perform from bookingdb.relay_cursor for update;
  execute format('lock table bookingdb.%I in share mode', v_name);
  execute format(
    'select count(*), count(*) filter (where c.system_identifier <> s.system_identifier'
    ' or not pg_visible_in_snapshot(l.xid, c.seen)'
    ' and not (l.created_at < c.restored_at and l.xid >= c.restored_xmax))'
    ' from bookingdb.%I l, bookingdb.relay_cursor c, pg_control_system() s', v_name)
    into v_count, v_unseen;
  select count(*) into v_open
    from bookingdb.webhook_deliveries d
   where d.state = 'pending'
     and d.event_at >= v_first
     and d.event_at < v_next;
  if v_unseen > 0 or v_open > 0 or bookingdb.relayed_until() < v_next then
    perform bookingdb.fail('ZB018', format('%s changes not relayed, %s deliveries pending.',
                           v_unseen, v_open), to_char(p_month, 'YYYY-MM'));
  end if;
  lock table only bookingdb.booking_audit_log in access exclusive mode;
  perform bookingdb.cut_chains(to_regclass(format('bookingdb.%I', v_name)));
  perform bookingdb.list_audit_partitions(to_regclass(format('bookingdb.%I', v_name)));
  execute format('drop table bookingdb.%I', v_name);
  update bookingdb.relay_cursor c
     set settled_before = greatest(c.settled_before, v_next),
         dropped_before = greatest(c.dropped_before, v_next);
  return v_count;
end $$;
comment on function bookingdb.drop_audit_partition is 'Drops the audit log''s partition of a month, unless something of it has still to be sent.';

commit;
