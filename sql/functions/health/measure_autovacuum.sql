begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tables of ours that autovacuum leaves alone: it is switched off, or they have 10000 dead
-- rows and twice the share at which it should have come.
create function bookingdb.measure_autovacuum()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*) + (current_setting('autovacuum') = 'off')::int,
           concat_ws(' ',
             case when current_setting('autovacuum') = 'off' then 'Autovacuum is off on this server.' end,
             case count(*) when 0 then 'No table has many dead rows.'
               else format('Tables that are not vacuumed: %s, such as %s with %s dead rows.', count(*),
                           (array_agg(s.relname order by s.n_dead_tup desc))[1], max(s.n_dead_tup)) end),
           'vacuum (analyze, verbose) on the table that is named; then see what keeps autovacuum away: a'
           ' setting, or a transaction that stays open.',
           null)::bookingdb.health_reading
    from pg_catalog.pg_stat_all_tables s
    join pg_catalog.pg_class c on c.oid = s.relid
   where s.schemaname = 'bookingdb'
     and (c.reloptions::text like '%autovacuum_enabled=%'
            and not ('autovacuum_enabled=true' = any (c.reloptions)
                     or 'autovacuum_enabled=on' = any (c.reloptions))
          or s.n_dead_tup
             > 10000 + 2 * current_setting('autovacuum_vacuum_scale_factor')::numeric * s.n_live_tup);
end;
comment on function bookingdb.measure_autovacuum is 'Tables that autovacuum leaves alone.';

commit;
