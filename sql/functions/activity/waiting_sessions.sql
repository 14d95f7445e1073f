begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who waits for a lock while using tables of bookingdb, for how long, for what, and behind
-- whom, the longest first. It runs as its caller, to whom PostgreSQL shows the statements of
-- other logins only as a member of pg_read_all_stats: else they are NULL. Locks nothing.
create function bookingdb.waiting_sessions()
returns table (
  pid int, login text, application text, wait_seconds double precision, waits_for text,
  blocked_by int[], statement text
)
language sql
stable
begin atomic
  select w.pid, a.usename::text, nullif(a.application_name, ''),
         extract(epoch from clock_timestamp() - coalesce(w.waitstart, clock_timestamp()))::double precision,
         concat_ws(' of ', w.locktype, coalesce(w.relation, t.relation)::regclass::text),
         pg_blocking_pids(w.pid),
         case when a.query <> '<insufficient privilege>' then left(a.query, 1000) end
    from pg_catalog.pg_locks w
    join pg_catalog.pg_stat_activity a on a.pid = w.pid and a.datname = current_database()
    left join pg_catalog.pg_locks t  -- who waits for a transaction holds the row it is about
      on t.pid = w.pid and t.locktype = 'tuple' and t.granted
   where not w.granted
     and exists (
       select
         from pg_catalog.pg_locks l
         join pg_catalog.pg_class c on c.oid = l.relation
        where l.pid = w.pid
          and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
          and c.relnamespace = 'bookingdb'::regnamespace
     )
   order by 4 desc, 1;
end;
comment on function bookingdb.waiting_sessions is 'Who waits for a lock while using tables of bookingdb, and behind whom.';

commit;
