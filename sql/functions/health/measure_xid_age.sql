begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The age of the oldest transaction id, or multixact, in a table of ours. At two thousand
-- million the server refuses to write.
create function bookingdb.measure_xid_age()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(max(a.age), 0),
           format('The oldest transaction id is %s transactions old, in %s.', coalesce(max(a.age), 0),
                  (array_agg(a.name order by a.age desc))[1]),
           'vacuum (freeze, verbose) on the table that is named; look for what holds autovacuum up:'
           ' long transactions, prepared ones, replication slots.',
           null)::bookingdb.health_reading
    from (
      select c.oid::regclass::text as name, greatest(age(c.relfrozenxid), mxid_age(c.relminmxid)) as age
        from pg_catalog.pg_class c
       where c.relnamespace = 'bookingdb'::regnamespace
         and c.relkind = 'r'
    ) a;
end;
comment on function bookingdb.measure_xid_age is 'The age of the oldest transaction id.';

commit;
