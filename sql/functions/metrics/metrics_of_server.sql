begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks, transactions and sizes, as PostgreSQL knows them.
create function bookingdb.metrics_of_server()
returns table (name text, labels jsonb, value double precision)
language sql
stable
begin atomic
  select 'bookingdb_lock_waiters', jsonb '{}', count(distinct l.pid)::double precision
    from pg_catalog.pg_locks l
    join pg_catalog.pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
   where not l.granted
  union all
  select v.name, v.labels, v.value
    from pg_catalog.pg_stat_database d
   cross join lateral (
     values ('bookingdb_deadlocks_total', jsonb '{}', d.deadlocks),
            ('bookingdb_transactions_total', '{"outcome": "committed"}', d.xact_commit),
            ('bookingdb_transactions_total', '{"outcome": "rolled_back"}', d.xact_rollback)
   ) as v (name, labels, value)
   where d.datname = current_database()
  union all
  select 'bookingdb_table_rows', jsonb_build_object('table', r.relname), sum(greatest(c.reltuples, 0))
    from pg_catalog.pg_class r
    join pg_catalog.pg_class c on c.relkind = 'r' and coalesce(pg_partition_root(c.oid), c.oid) = r.oid
   where r.relnamespace = 'bookingdb'::regnamespace
     and r.relkind in ('r', 'p')
   group by r.relname;
end;
comment on function bookingdb.metrics_of_server is 'Metrics: locks, transactions and sizes.';

commit;
