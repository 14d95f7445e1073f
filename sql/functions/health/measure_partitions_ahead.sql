begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many of this month and the next two have no partition of the audit log, from the first
-- that has none.
create function bookingdb.measure_partitions_ahead()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           3 - a.months,
           format('Of this month and the next two, %s have a partition of the audit log.', a.months),
           'select bookingdb.create_audit_partitions() makes them; bookingdb refresh --all does, too.',
           null)::bookingdb.health_reading
    from (
      select coalesce(min(m.number) filter (where c.oid is null), 3)
        from generate_series(0, 2) as m (number)
        left join pg_catalog.pg_class c
          on c.relnamespace = 'bookingdb'::regnamespace
         and c.relname = to_char((bookingdb.clock_now() at time zone 'UTC') + make_interval(months => m.number),
                                 '"booking_audit_log_"YYYY_MM')
    ) as a (months);
end;
comment on function bookingdb.measure_partitions_ahead is 'Months ahead for which the audit log has no partition.';

commit;
