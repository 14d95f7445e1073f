begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tasks of maintain() that are overdue by ten minutes and by as long as they usually wait, or
-- that failed when they were last done; and whether it has not run at all for a day.
create function bookingdb.measure_maintenance()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(t.task),
           case when v.has_run then format('Of %2$s tasks of maintain() %1$s are overdue or failed%3$s.',
                                           count(t.task), v.task_count, ': ' || string_agg(t.task::text, ', '))
             else 'maintain() has not run yet.' end,
           'bookingdb worker does what is due: see that it runs, and what it logs; select * from'
           ' bookingdb.maintenance_runs shows what went wrong.',
           case when not v.has_run and v.since < bookingdb.clock_now() - interval '1 day'
                then 'warning' end::bookingdb.health_severity)::bookingdb.health_reading
    from (
      select exists (select from bookingdb.maintenance_runs),
             (select count(*) from bookingdb.maintenance_tasks()),
             (select min(b.created_at) from bookingdb.businesses b)
    ) as v (has_run, task_count, since)
    left join (
      bookingdb.maintenance_tasks() t
      left join bookingdb.maintenance_runs r using (task)
    ) on v.has_run
     and (r.problem is not null
          or r.due_at is null
          or r.due_at < bookingdb.clock_now() - greatest(t.every, interval '10 minutes'))
   group by v.has_run, v.task_count, v.since;
end;
comment on function bookingdb.measure_maintenance is 'Tasks of maintain() that are overdue or failed.';

commit;
