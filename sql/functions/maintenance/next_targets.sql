begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What run_task() is to see to next: businesses, from where it stopped; or for a task that
-- concerns all of them together NULL alone.
create function bookingdb.next_targets(p_task bookingdb.maintenance_task, p_limit int)
returns uuid[]
language sql
stable
begin atomic
  select case when t.per_business
           then array(
             select b.business_id
               from bookingdb.businesses b
              where b.business_id > coalesce(
                (select r.resumes_after from bookingdb.maintenance_runs r where r.task = p_task),
                '00000000-0000-0000-0000-000000000000')
              order by b.business_id
              limit p_limit)
           else array[null::uuid]
         end
    from bookingdb.maintenance_tasks() t
   where t.task = p_task;
end;
comment on function bookingdb.next_targets is 'What run_task() is to see to next.';

commit;
