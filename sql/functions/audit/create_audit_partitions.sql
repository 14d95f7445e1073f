begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes the monthly partitions of the audit log from this month (UTC) to `p_months_ahead`
-- months after it, where they are missing. maintain() and `bookingdb refresh` run it.
-- Locks: each partition is made beside the log and then attached, which does not block writers;
-- but it waits for transactions that read the log, 5 seconds at most, and holds up others that
-- want to, such as the relay, until the commit. Rows of that month in the default partition
-- make it fail (23514), and check_integrity() names them.
-- Returns how many it made. Raises ZB012 for a number of months that is not from 0 to 120;
-- 42501 for a login that is bound to businesses;
-- lock_not_available (55P03) when somebody reads the log for long, as a backup does: try again.
create function bookingdb.create_audit_partitions(p_months_ahead int default 12)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
  v_first timestamp := date_trunc('month', bookingdb.clock_now() at time zone 'UTC');
  v_month timestamp;
  v_name text;
  v_count int := 0;
begin
  perform bookingdb.refuse_bound('create_audit_partitions()');
  if p_months_ahead is null or p_months_ahead not between 0 and 120 then
    perform bookingdb.fail('ZB012', format('Must be from 0 to 120, not %s.',
                           coalesce(p_months_ahead::text, 'NULL')), 'p_months_ahead');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('bookingdb audit partitions', 0));
  for v_month in
    select generate_series(v_first, v_first + make_interval(months => p_months_ahead), '1 month')
  loop
    v_name := to_char(v_month, '"booking_audit_log_"YYYY_MM');
    continue when to_regclass(format('bookingdb.%I', v_name)) is not null;
    execute format(
      'create table bookingdb.%I '
      '(like bookingdb.booking_audit_log including defaults including constraints)', v_name);
    execute format(
      'comment on table bookingdb.%I is %L', v_name, to_char(v_month, '"Audit rows of "YYYY-MM.'));
    execute format(
      'alter table bookingdb.booking_audit_log attach partition bookingdb.%I '
      'for values from (%L) to (%L)',
      v_name, v_month at time zone 'UTC', (v_month + interval '1 month') at time zone 'UTC');
    v_count := v_count + 1;
  end loop;
  perform bookingdb.guard_audit_partitions();
  return v_count;
end $$;
comment on function bookingdb.create_audit_partitions is 'Makes the monthly partitions of the audit log that are missing.';

select bookingdb.create_audit_partitions();

commit;
