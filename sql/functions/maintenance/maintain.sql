begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does what has to be done regularly and is due: looks for what must never be, seals the audit
-- log, makes slots up to the horizon, expires holds, makes partitions of the log, lets go of
-- what policies do not keep. Call it each minute, from wherever you like, and from several
-- places: of two calls at once the second passes over what the first is at. With p_tasks only
-- those; with p_force also what is not due yet.  A call is a transaction: what it locks it
-- holds to its end. So call it task by task, as `bookingdb worker` does, or each task with its
-- own job. Locks: as the functions that it calls. It waits for none longer than a second
-- (create_audit_partitions(): 5), then reports it. Returns a row for each task that it did, and
-- more for the businesses in which there was something to do: how much, and what went wrong:
-- NULL means nothing. What went wrong in one business or one task is undone, and the others go
-- on; it is tried again after 5 minutes at the latest. Raises ZB012 for a p_force that is NULL;
-- 42501 for a login that is bound to businesses.
create function bookingdb.maintain(
  p_tasks bookingdb.maintenance_task[] default null,
  p_force boolean default false
)
returns table (
  task bookingdb.maintenance_task, business_id uuid, done bigint, problem text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
begin
  perform bookingdb.refuse_bound('maintain()');
  if p_force is null then
    perform bookingdb.fail('ZB012', 'Must be true or false, not NULL.', 'p_force');
  end if;
  for task in
    select t.task
      from bookingdb.maintenance_tasks() t
     where p_tasks is null
        or t.task = any (p_tasks)
     order by t.task
  loop
    if bookingdb.begin_task(task, p_force) then
      for business_id, done, problem in
        select r.business_id, r.done, r.problem from bookingdb.run_task(task) r
      loop
        return next;
      end loop;
    end if;
  end loop;
end $$;
comment on function bookingdb.maintain is 'Does what has to be done regularly and is due.';

commit;
