begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- For how long a session that uses bookings or slots has waited for a lock.
create function bookingdb.measure_blocked_bookings()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(round(max(w.seconds)), 0),
           case count(*) when 0 then 'No booking waits for a lock.'
             else format('Sessions that wait for locks on bookings or slots: %s, the longest for %s seconds,'
                         ' behind process %s.', count(*), round(max(w.seconds)),
                         (array_agg(w.blockers order by w.seconds desc))[1]) end,
           'select * from pg_stat_activity where pid = PROCESS shows who blocks; select'
           ' pg_terminate_backend(PROCESS) ends it, once you know whose it is.',
           null)::bookingdb.health_reading
    from (
      select extract(epoch from bookingdb.clock_now() - l.waitstart) as seconds,
             array_to_string(pg_blocking_pids(l.pid), ', ') as blockers
        from pg_catalog.pg_locks l
       where not l.granted
         and l.waitstart < bookingdb.clock_now() - interval '1 second'
         and l.pid in (
           select o.pid
             from pg_catalog.pg_locks o
            where o.locktype = 'relation'
              and o.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
              and o.relation in ('bookingdb.bookings'::regclass, 'bookingdb.time_slots'::regclass)
         )
    ) w;
end;
comment on function bookingdb.measure_blocked_bookings is 'For how long a session that books has waited for a lock.';

commit;
