begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does what planned_changes() says; the caller has locked it. Returns one row of counts.
create function bookingdb.apply_planned_changes(
  p_business_id uuid,
  out created int, out updated int, out restored int, out made_legacy int, out deleted int,
  out over_capacity int
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  with plan as materialized (
    select * from bookingdb.planned_changes(p_business_id)
  ),
  created as (
    insert into bookingdb.time_slots (
      business_id, date, time, starts_at, ends_at, max_bookings, max_bouquets, created_at
    )
    select p_business_id, p.date, p.time, p.starts_at, p.ends_at, p.max_bookings, p.max_bouquets,
           (select bookingdb.clock_now())
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
  if created > 0 and bookingdb.somebody_listens() then  -- of the others the triggers tell
    perform bookingdb.tell_listeners(p_business_id);
  end if;
end $$;
comment on function bookingdb.apply_planned_changes is 'Makes the slots follow the schedule, as planned.';

commit;
