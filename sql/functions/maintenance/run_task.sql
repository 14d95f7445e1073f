begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does a task of maintain() and records that. Business by business, each in a subtransaction:
-- what goes wrong in one is undone and told, and the others go on. It sees to 500 at most, and
-- begins with none after 2 seconds, so that no lock is held for long; the next call goes on
-- after them.
-- Returns a row for each business in which it did something or failed, and one for all of it.
create function bookingdb.run_task(p_task bookingdb.maintenance_task)
returns table (business_id uuid, done bigint, problem text)
language plpgsql
as $$
declare
  v_limit constant int := 500;
  v_started_at timestamptz := bookingdb.clock_now();
  v_targets uuid[] := bookingdb.next_targets(p_task, v_limit);
  v_seen int := 0;
  v_done bigint := 0::bigint;
  v_problems text[] := array[]::text[];
begin
  foreach business_id in array v_targets loop
    begin
      select d.done, d.problem into done, problem from bookingdb.do_task(p_task, business_id) d;
    exception when others then
      done := 0;
      problem := format('%s: %s', sqlstate, sqlerrm);
    end;
    v_seen := v_seen + 1;
    v_done := v_done + done;
    if problem is not null then
      v_problems := v_problems || concat_ws(': ', 'business ' || business_id, problem);
    end if;
    if business_id is not null and (done > 0 or problem is not null) then
      return next;
    end if;
    exit when bookingdb.clock_now() > v_started_at + interval '2 seconds';
  end loop;
  perform bookingdb.record_task(p_task, v_started_at, v_done, array_to_string(v_problems, e'\n'),
                                case when v_seen = v_limit or v_seen < cardinality(v_targets)
                                  then business_id end);
  problem := case when business_id is null then problem end;
  business_id := null;
  done := v_done;
  return next;
end $$;
comment on function bookingdb.run_task is 'Does a task of maintain() and records that.';

commit;
