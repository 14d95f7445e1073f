begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a refresh of the schedule would do, slot by slot, touching nothing; see
-- plan_schedule_refresh. A slot that staff adjusted keeps its limits.
create function bookingdb.planned_changes(p_business_id uuid)
returns table (
  date date, "time" time, action bookingdb.refresh_action, starts_at timestamptz, ends_at timestamptz,
  max_bookings int, max_bouquets int, old_max_bookings int, old_max_bouquets int,
  booked_count int, booked_bouquets int
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_now timestamptz := bookingdb.clock_now();
  v_today date := (v_now at time zone v_business.time_zone)::date;
begin
  return query
    with planned as (
      select p.*
        from bookingdb.planned_slots(
               p_business_id, v_business.time_zone, v_today, v_today + v_business.horizon_days) p
       where p.starts_at > v_now
    ),
    existing as (
      select s.*
        from bookingdb.time_slots s
       where s.business_id = p_business_id
         and (s.starts_at > v_now or s.date >= v_today)
    ),
    compared as (
      select coalesce(p.date, s.date) as date,
             coalesce(p.time, s.time) as time,
             case
               when s.date is null then 'create'
               when p.date is null and s.starts_at <= v_now then null
               when p.date is null and (s.is_adjusted or exists (
                 select from bookingdb.bookings b
                  where b.business_id = p_business_id and b.date = s.date and b.time = s.time
               )) then case when not s.is_legacy then 'make_legacy' end
               when p.date is null then 'delete'
               when s.is_legacy then 'restore'
               when (s.max_bookings, s.max_bouquets, s.starts_at, s.ends_at)
                    <> (l.bookings, l.bouquets, p.starts_at, p.ends_at) then 'update'
             end::bookingdb.refresh_action as action,
             coalesce(p.starts_at, s.starts_at) as starts_at,
             coalesce(p.ends_at, s.ends_at) as ends_at,
             l.bookings, l.bouquets, s.max_bookings::int, s.max_bouquets::int,
             coalesce(s.booked_count, 0), coalesce(s.booked_bouquets, 0)
        from planned p
        full join existing s
          on s.date = p.date
         and s.time = p.time
       cross join lateral (
         select case when s.is_adjusted or p.date is null then s.max_bookings::int else p.max_bookings end,
                case when s.is_adjusted or p.date is null then s.max_bouquets::int else p.max_bouquets end
       ) as l (bookings, bouquets)
    )
    select c.* from compared c where c.action is not null order by c.date, c.time;
end $$;
comment on function bookingdb.planned_changes is 'What a refresh of the schedule would do, slot by slot.';

commit;
