begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes the slots that have not begun follow the schedule (see plan_schedule_refresh), and
-- never breaks a booking: a slot that any booking refers to is kept, at worst as a legacy slot.
-- Safe beside bookings made at the same moment, and beside itself. A refresh that changes
-- nothing writes nothing. Put set_opening_hours before it, and run it daily to keep the
-- horizon.
--
-- Locks: the schedule of the business; then the slots to be changed, by date and time as
-- everywhere. FOR UPDATE, so that no booking can begin to refer to a slot that is to go; then
-- the plan is made again, and sees every booking that got in before.
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
  perform bookingdb.lock_schedule(p_business_id);
  perform
     from bookingdb.time_slots s
     join bookingdb.plan_schedule_refresh(p_business_id) p
       on p.date = s.date
      and p.time = s.time
    where s.business_id = p_business_id
    order by s.date, s.time
      for update of s;

  with plan as materialized (
    select * from bookingdb.plan_schedule_refresh(p_business_id)
  ),
  created as (
    insert into bookingdb.time_slots (
      business_id, date, time, starts_at, ends_at, max_bookings, max_bouquets
    )
    select p_business_id, p.date, p.time, p.starts_at, p.ends_at, p.max_bookings, p.max_bouquets
      from plan p
     where p.action = 'create'
        on conflict do nothing
    returning 1
  ),
  changed as (
    update bookingdb.time_slots s
       set starts_at = p.starts_at,
           ends_at = p.ends_at,
           max_bookings = p.max_bookings,
           max_bouquets = p.max_bouquets,
           is_legacy = (p.action = 'make_legacy')
      from plan p
     where s.business_id = p_business_id
       and s.date = p.date
       and s.time = p.time
       and p.action in ('update', 'restore', 'make_legacy')
    returning p.action, s.overhang_count > 0 or s.overhang_bouquets > 0 as is_over
  ),
  deleted as (
    delete from bookingdb.time_slots s
     using plan p
     where s.business_id = p_business_id
       and s.date = p.date
       and s.time = p.time
       and p.action = 'delete'
    returning 1
  )
  select (select count(*)::int from created),
         (count(*) filter (where c.action = 'update'))::int,
         (count(*) filter (where c.action = 'restore'))::int,
         (count(*) filter (where c.action = 'make_legacy'))::int,
         (select count(*)::int from deleted),
         (count(*) filter (where c.is_over))::int
    into created, updated, restored, made_legacy, deleted, over_capacity
    from changed c;
end $$;
comment on function bookingdb.refresh_future_schedule is 'Makes the slots that have not begun follow the schedule, and never breaks a booking.';

commit;
