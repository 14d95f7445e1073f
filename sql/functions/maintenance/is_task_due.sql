begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a task of maintain() is due. It is also when it was done in the future: the clock was
-- wrong then, and nobody should wait for that day.
create function bookingdb.is_task_due(p_task bookingdb.maintenance_task)
returns boolean
language sql
stable
begin atomic
  select not exists (
    select from bookingdb.maintenance_runs r
     where r.task = p_task
       and bookingdb.clock_now() >= r.started_at
       and bookingdb.clock_now() < r.due_at);
end;
comment on function bookingdb.is_task_due is 'Whether a task of maintain() is due.';

commit;
