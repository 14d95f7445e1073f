begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The age of the oldest prepared transaction of this database, which keeps its locks for ever.
create function bookingdb.measure_prepared_transactions()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(round(extract(epoch from bookingdb.clock_now() - min(p.prepared))), 0),
           case count(*) when 0 then 'No transaction is prepared.'
             else format('Prepared transactions: %s, the first since %s: %L.', count(*),
                         date_trunc('second', min(p.prepared)), (array_agg(p.gid order by p.prepared))[1]) end,
           'rollback prepared or commit prepared ends it: ask the transaction manager which.',
           null)::bookingdb.health_reading
    from pg_catalog.pg_prepared_xacts p
   where p.database = current_database();
end;
comment on function bookingdb.measure_prepared_transactions is 'The age of the oldest prepared transaction.';

commit;
