begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit log's partition of a month that is over (UTC; any day of it names it). Raises ZB012
-- when there is none, or the month is not over.
create function bookingdb.past_partition(p_month date)
returns regclass
language plpgsql
stable
as $$
declare
  v_month timestamp := case when bookingdb.is_date(p_month)
                         then date_trunc('month', p_month::timestamp) end;
  v_partition regclass := to_regclass(
    to_char(v_month, '"bookingdb.booking_audit_log_"YYYY_MM'));
begin
  if v_partition is null
    or (v_month + interval '1 month') at time zone 'UTC' > bookingdb.clock_now()
  then
    perform bookingdb.fail('ZB012', format('The month of %s has no partition, or is not over.',
                           coalesce(p_month::text, 'NULL')), 'p_month');
  end if;
  return v_partition;
end $$;
comment on function bookingdb.past_partition is 'The audit log''s partition of a month that is over.';

commit;
