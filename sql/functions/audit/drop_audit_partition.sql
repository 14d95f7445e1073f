begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Drops the audit log's partition of a month that is over (UTC; any day of it names it), unless
-- something of it has still to be sent, sealed or exported. The oldest month goes first. It is
-- the only way: the view of the partitions refuses DROP TABLE.
-- Locks: who makes or drops partitions, the relay's cursor and the partition; at the end the
-- log exclusively, for a moment. Bookings queue up behind that, so it waits for others no
-- longer than a second.
-- Returns how many rows went. Raises ZB018 when rows are not relayed, not delivered, in no
-- seal, or not exported as they are, and while an earlier month is there; ZB012 for a month
-- that has no partition or is not over; 42501 for a login that is bound to businesses;
-- lock_not_available (55P03) when somebody has used the log in a transaction that is still
-- open: try again.
create function bookingdb.drop_audit_partition(p_month date)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_partition regclass := bookingdb.past_partition(p_month);
  v_month timestamp := date_trunc('month', p_month::timestamp);
  v_first timestamptz := v_month at time zone 'UTC';
  v_next timestamptz := (v_month + interval '1 month') at time zone 'UTC';
  v_hindrance text;
  v_count bigint;
begin
  perform bookingdb.refuse_bound('drop_audit_partition()');
  perform pg_advisory_xact_lock(hashtextextended('bookingdb audit partitions', 0));
  perform from bookingdb.relay_cursor for update;
  execute format('lock table %s in share mode', v_partition);
  v_hindrance := bookingdb.month_hindrance(v_partition, v_first, v_next);
  if v_hindrance is not null then
    perform bookingdb.fail('ZB018', v_hindrance, to_char(p_month, 'YYYY-MM'));
  end if;
  execute format('select count(*) from %s', v_partition) into v_count;
  perform bookingdb.cut_chains(v_partition);
  lock table only bookingdb.booking_audit_log in access exclusive mode;
  perform bookingdb.list_audit_partitions(v_partition);
  execute format('drop table %s', v_partition);
  update bookingdb.relay_cursor c
     set settled_before = greatest(c.settled_before, v_next),
         dropped_before = greatest(c.dropped_before, v_next);
  return v_count;
end $$;
comment on function bookingdb.drop_audit_partition is 'Drops the audit log''s partition of a month, unless something of it has still to be sent, sealed or exported.';

commit;
