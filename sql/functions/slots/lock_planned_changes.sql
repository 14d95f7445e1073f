begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks what a refresh of the schedule would change: the schedule of the business; then the
-- slots, by date and time as everywhere. FOR UPDATE, so that no booking can begin to refer to a
-- slot that is to go. The plan that is made after this sees every booking that got in before.
-- Returns whether there is anything to change: if not, no booking can make it otherwise.
create function bookingdb.lock_planned_changes(p_business_id uuid)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_change boolean;
begin
  perform bookingdb.lock_schedule(p_business_id);
  with plan as materialized (
    select * from bookingdb.planned_changes(p_business_id)
  ),
  locked as (
    select
      from bookingdb.time_slots s
      join plan p
        on p.date = s.date
       and p.time = s.time
     where s.business_id = p_business_id
     order by s.date, s.time
       for update of s
  )
  select exists (select from plan)
    into v_is_change
    from (select count(*) from locked) as every_one;
  return v_is_change;
end $$;
comment on function bookingdb.lock_planned_changes is 'Locks what a refresh of the schedule would change.';

commit;
