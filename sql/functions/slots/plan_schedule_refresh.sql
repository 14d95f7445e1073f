begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What refresh_future_schedule would do, slot by slot, touching nothing. Of the slots that have
-- not begun: in the schedule and missing: create; there with other limits: update; there and
-- legacy: restore; not in it and referred to by any booking, cancelled ones too, or adjusted by
-- staff: make_legacy;
-- not in it and untouched: delete. What needs no action is not listed.
--
-- affected_bookings: those with a place that the change leaves on a legacy slot, or above the
-- new limits (the ones that came last), as effect says. plan_id is the same in all rows: it
-- names this plan and the facts behind it, for apply_schedule_plan(). Nothing is stored.
-- Raises ZB012 for an unknown business.
-- Returns new limits, old limits (NULL for a new slot) and what is booked now.
create function bookingdb.plan_schedule_refresh(
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  date date, "time" time, action bookingdb.refresh_action, starts_at timestamptz, ends_at timestamptz,
  max_bookings int, max_bouquets int, old_max_bookings int, old_max_bouquets int,
  booked_count int, booked_bouquets int, effect bookingdb.booking_effect, affected_bookings uuid[],
  waiting_bookings uuid[], plan_id uuid
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
  return query
    with plan as materialized (
      select c.*, a.*, array(
               select w.booking_id
                 from bookingdb.bookings w
                where w.business_id = p_business_id
                  and w.date = c.date
                  and w.time = c.time
                  and w.status = 'waiting'
                  and c.action = 'make_legacy'
                order by w.created_at, w.booking_id
             ) as waiting_bookings
        from bookingdb.planned_changes(p_business_id) c
       cross join lateral (
         select min(e.effect), coalesce(array_agg(e.booking_id), '{}')
           from bookingdb.affected_bookings(
                  p_business_id, c.date, c.time, c.action, c.max_bookings, c.max_bouquets) e
          where c.booked_count > 0
       ) as a (effect, affected_bookings)
    )
    select p.*, i.plan_id
      from plan p
     cross join (
       select left(encode(bookingdb.digest_of(
                jsonb_agg(to_jsonb(d) order by d.date, d.time)), 'hex'), 32)::uuid
         from plan d
     ) as i (plan_id)
     order by p.date, p.time;
end $$;
comment on function bookingdb.plan_schedule_refresh is 'What refresh_future_schedule would do, slot by slot, touching nothing.';

commit;
