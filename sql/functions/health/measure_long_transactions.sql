begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- For how long the oldest transaction of a client in this database has been open: it holds up
-- VACUUM, partitions, and the relay''s view of what is settled. Of other logins only who has
-- pg_read_all_stats sees that.
create function bookingdb.measure_long_transactions()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(greatest(round(extract(epoch from bookingdb.clock_now() - min(s.xact_start))), 0), 0),
           concat(
             case when min(s.xact_start) is null then 'No transaction is open.'
               else format('The oldest transaction is open since %s, process %s%s.',
                           date_trunc('second', min(s.xact_start)),
                           (array_agg(s.pid order by s.xact_start))[1],
                           ', ' || nullif((array_agg(s.application_name order by s.xact_start))[1], ''))
             end,
             case when count(*) filter (where s.state is null) > 0 then format(
               ' Sessions of other logins, which it does not see: %s; grant pg_read_all_stats to'
               ' bookingdb_owner.',
               count(*) filter (where s.state is null)) end),
           'select pg_terminate_backend(PROCESS) ends it, once you know whose it is; then find out why its'
           ' client left it open.',
           null)::bookingdb.health_reading
    from pg_catalog.pg_stat_activity s
   where s.datname = current_database()
     and (s.backend_type = 'client backend' or s.backend_type is null)
     and s.pid <> pg_backend_pid();
end;
comment on function bookingdb.measure_long_transactions is 'For how long the oldest transaction has been open.';

commit;
