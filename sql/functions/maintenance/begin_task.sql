begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether this transaction is to do a task now: it is due, or p_force says so, and nobody else
-- is at it. From then on nobody else is, until the transaction ends.
create function bookingdb.begin_task(p_task bookingdb.maintenance_task, p_force boolean)
returns boolean
language plpgsql
as $$
begin
  if not (p_force or bookingdb.is_task_due(p_task))
    or not pg_try_advisory_xact_lock(hashtextextended('bookingdb maintenance ' || p_task, 0))
  then
    return false;
  end if;
  -- Somebody may have done it in between.
  return p_force or bookingdb.is_task_due(p_task);
end $$;
comment on function bookingdb.begin_task is 'Whether this transaction is to do a task of maintain() now.';

commit;
