begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What check_integrity() found when it last ran for the record, and how the tasks of maintain()
-- went.
create function bookingdb.metrics_of_upkeep()
returns table (name text, labels jsonb, value double precision)
language sql
stable
begin atomic
  with last_run as materialized (
    select * from bookingdb.integrity_runs r order by r.started_at desc limit 1
  )
  select 'bookingdb_integrity_check_timestamp_seconds', jsonb '{}', extract(epoch from r.started_at)
    from last_run r
  union all
  select 'bookingdb_integrity_findings', jsonb_build_object('check', f.key), f.value::int
    from last_run r
   cross join lateral jsonb_each_text(r.counts) f
  union all
  select v.name, jsonb_build_object('task', m.task), v.value
    from bookingdb.maintenance_runs m
   cross join lateral (
     values ('bookingdb_maintenance_success_timestamp_seconds',
             extract(epoch from m.succeeded_at)::double precision),
            ('bookingdb_maintenance_duration_seconds', extract(epoch from m.finished_at - m.started_at)),
            ('bookingdb_maintenance_done', m.done),
            ('bookingdb_maintenance_problem', (m.problem is not null)::int)
   ) as v (name, value)
   where v.value is not null;
end;
comment on function bookingdb.metrics_of_upkeep is 'Metrics: integrity, and how maintenance went.';

commit;
