begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Records what came of a task of maintain(), and when it is due again: at once when businesses
-- are left (p_resumes_after is the last that was seen to) or when retention removed something,
-- since there may be more; soon when something went wrong; else after its time. But what takes
-- long takes no more than a twentieth of all time. A part of a round is added to the parts
-- before it.
create function bookingdb.record_task(
  p_task bookingdb.maintenance_task,
  p_started_at timestamptz,
  p_done bigint,
  p_problem text,
  p_resumes_after uuid
)
returns void
language sql
volatile
begin atomic
  with round as (
    select p_done + coalesce(r.done, 0) as done,
           nullif(concat_ws(e'\n', r.problem, nullif(p_problem, '')), '') as problem,
           t.every,
           bookingdb.clock_now() as finished_at,
           p_resumes_after is not null or p_task = 'retention' and p_done > 0 as is_more
      from bookingdb.maintenance_tasks() t
      left join bookingdb.maintenance_runs r on r.task = t.task and r.resumes_after is not null
     where t.task = p_task
  )
  insert into bookingdb.maintenance_runs as m
      (task, started_at, finished_at, succeeded_at, due_at, resumes_after, done, problem)
    select p_task, p_started_at, finished_at,
           case when problem is null and p_resumes_after is null then finished_at end,
           p_started_at + case when is_more then '0'
                            else greatest(
                              case when problem is null then every else least(every, '5 minutes') end,
                              20 * (finished_at - p_started_at))
                          end,
           p_resumes_after, done, problem
      from round
  on conflict (task) do update
    set started_at = excluded.started_at,
        finished_at = excluded.finished_at,
        succeeded_at = coalesce(excluded.succeeded_at, m.succeeded_at),
        due_at = excluded.due_at,
        resumes_after = excluded.resumes_after,
        done = excluded.done,
        problem = excluded.problem;
end;
comment on function bookingdb.record_task is 'Records what came of a task of maintain(), and when it is due again.';

commit;
