begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes the slots that have not begun follow the schedule (see plan_schedule_refresh), and
-- never breaks a booking: a slot that any booking refers to is kept, at worst as a legacy slot.
-- Safe beside bookings made at the same moment, and beside itself. A refresh that changes
-- nothing writes nothing. Put set_opening_hours before it; maintain() runs it to keep the
-- horizon.
-- Locks: the schedule of the business, then the slots to be changed.
-- Returns one row of counts; over_capacity: changed slots that hold more than their new limits.
-- Raises ZB012 for an unknown business.
create function bookingdb.refresh_future_schedule(
  p_business_id uuid default bookingdb.default_business_id(),
  out created int, out updated int, out restored int, out made_legacy int, out deleted int,
  out over_capacity int
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if bookingdb.lock_planned_changes(p_business_id) then
    select * into created, updated, restored, made_legacy, deleted, over_capacity
      from bookingdb.apply_planned_changes(p_business_id);
  else
    select 0, 0, 0, 0, 0, 0 into created, updated, restored, made_legacy, deleted, over_capacity;
  end if;
end $$;
comment on function bookingdb.refresh_future_schedule is 'Makes the slots that have not begun follow the schedule, and never breaks a booking.';

commit;
