begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Audit rows of months that have no partition, up to 10000.
create function bookingdb.measure_default_partition()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'No audit row is outside the monthly partitions.'
             else format('Audit rows in the default partition: %s, the first of %s.', count(*),
                         min(d.created_at)::date) end,
           'select bookingdb.create_audit_partitions() for the months to come; the rows that are there'
           ' have to be moved by hand, see the runbook.',
           null)::bookingdb.health_reading
    from (
      select d.created_at from bookingdb.booking_audit_log_default d limit 10000
    ) d;
end;
comment on function bookingdb.measure_default_partition is 'Audit rows that are in the default partition.';

commit;
