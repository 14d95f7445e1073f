begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The checks of the health in the order in which they are listed, what their figures count, and
-- from which figure on each is a warning, or critical; NULL: never. All the constants are here;
-- docs/health.md has the reasons.
create function bookingdb.health_thresholds()
returns table (name text, unit text, warning numeric, critical numeric)
language sql
immutable
begin atomic
  values ('migrations', 'changes', 1::numeric, 1::numeric),
         ('partitions_ahead', 'months', 1, 2),
         ('default_partition', 'rows', 1, null),
         ('relay_lag', 'seconds', 60, 600),
         ('oldest_undelivered', 'seconds', 3600, 86400),
         ('dead_letters', 'deliveries', 1, 1000),
         ('paused_endpoints', 'endpoints', 1, null),
         ('stuck_leases', 'deliveries', 1, null),
         ('dispatcher', 'seconds', 120, 600),
         ('expired_holds', 'holds', 1, null),
         ('slots_ahead', 'days', 2, 7),
         ('unsealed_changes', 'seconds', 172800, 604800),
         ('time_zones', 'slots', null, 1),
         ('clock', 'seconds', 5, 60),
         ('integrity', 'findings', null, 1),
         ('overbooked', 'slots', null, 1),
         ('counters', 'slots', null, 1),
         ('guards', 'guards', null, 1),
         ('long_transactions', 'seconds', 300, 3600),
         ('blocked_bookings', 'seconds', 5, 30),
         ('prepared_transactions', 'seconds', 300, 3600),
         ('autovacuum', 'tables', 1, null),
         ('xid_age', 'transactions', 500000000, 1200000000),
         ('maintenance', 'tasks', 1, null),
         ('restored', 'cursors', 1, null);
end;
comment on function bookingdb.health_thresholds is 'The checks of the health, and from which figure on each is a warning or critical.';

commit;
