begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does what plan_schedule_refresh() listed under p_plan_id, if it would still list just the
-- same: same slots, limits and bookings; else nothing happens.
-- p_policy, for the bookings that it affects:
--   keep    they stay where they are
--   refuse  nothing happens (ZB015)
--   offer   they stay, and each, and whoever would wait in vain, is proposed the nearest slots
--           that are free then, in proposed_slots; reschedule_booking() accepts one, even
--           inside the cancellation window (who waits books one anew)
-- Locks: the schedule of the business, the slots to be changed, the affected bookings.
-- Raises ZB012 for an unknown business, ZB013 when the facts have overtaken the plan, ZB015.
-- Returns one row of counts, as refresh_future_schedule(), and how many bookings were proposed
-- another slot.
create function bookingdb.apply_schedule_plan(
  p_plan_id uuid,
  p_policy bookingdb.affected_policy default 'keep',
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id(),
  out created int, out updated int, out restored int, out made_legacy int, out deleted int,
  out over_capacity int, out proposed int
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_plan_id uuid;
  v_affected uuid[];
  v_waiting uuid[];
begin
  perform bookingdb.lock_planned_changes(p_business_id);
  select min(p.plan_id::text)::uuid,
         array_agg(a.booking_id) filter (where a.is_affected),
         array_agg(a.booking_id) filter (where not a.is_affected)
    into v_plan_id, v_affected, v_waiting
    from bookingdb.plan_schedule_refresh(p_business_id) p
    left join lateral (
      select unnest(p.affected_bookings), true
      union all
      select unnest(p.waiting_bookings), false
    ) as a (booking_id, is_affected) on true;
  if v_plan_id is distinct from p_plan_id then
    perform bookingdb.fail('ZB013', format('The plan is %s now, not %s.',
                           coalesce(v_plan_id::text, 'empty'), coalesce(p_plan_id::text, 'NULL')));
  elsif p_policy is null then
    perform bookingdb.fail('ZB012', 'It is required.', 'p_policy');
  elsif p_policy = 'refuse' and v_affected is not null then
    perform bookingdb.fail('ZB015', format('It affects the bookings %s.', array_to_string(v_affected, ', ')));
  end if;
  select * into created, updated, restored, made_legacy, deleted, over_capacity
    from bookingdb.apply_planned_changes(p_business_id);
  update bookingdb.bookings b
     set proposed_slots = a.slots
    from (
      select array_agg(e.booking_id) as booking_ids  -- who shares slot and quantity shares these
        from bookingdb.bookings e
       where e.business_id = p_business_id
         and e.booking_id = any (v_affected || v_waiting)
         and e.status in ('waiting', 'held', 'confirmed')
       group by e.date, e.time, e.bouquets
    ) v
   cross join lateral (
     select array_agg(n.date + n.time) as slots
       from bookingdb.propose_alternatives(v.booking_ids[1], 3, p_business_id) n
   ) a
   where p_policy = 'offer'
     and b.business_id = p_business_id
     and b.booking_id = any (v.booking_ids)
     and a.slots is not null;
  get diagnostics proposed = row_count;
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.apply_schedule_plan is 'Makes the slots follow the schedule, if the plan still holds.';

commit;
