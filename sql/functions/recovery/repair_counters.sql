begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sets the counters of slots right that are not what a recount of their bookings gives. A slot
-- that holds more than it may is full afterwards, and is_overbooked says so: what is above its
-- limit stands in the overhang, as when a limit is lowered. Places that turn out to be free go
-- to those who wait. Each slot that was changed stands in the settings audit log.
-- Before that it watches for overbooking, unless the login is bound to businesses, so that an
-- alarm stands until the bookings fit, though the counters agree by then.
-- p_dry_run: tells what it would do, locks and changes nothing.
-- Locks: as watch_overbooking(); then the slots that differ, in the order of date and time, one
-- recount under each lock.
-- Returns each counter that was wrong. Raises ZB012 for an unknown business.
create function bookingdb.repair_counters(
  p_dry_run boolean default false,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  date date, "time" time, counter text, old_value int, new_value int, is_overbooked boolean
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_slot bookingdb.time_slots;
  v_right bookingdb.time_slots;
begin
  perform bookingdb.check_dry_run(p_dry_run);
  perform bookingdb.get_business(p_business_id);
  if not p_dry_run and bookingdb.is_unbound() then
    perform bookingdb.watch_overbooking();
  end if;
  for v_slot in
    select s.*
      from bookingdb.time_slots s
     where s.business_id = p_business_id
       and s is distinct from bookingdb.recounted(s)
     order by s.date, s.time
  loop
    if not p_dry_run then
      perform bookingdb.lock_slot(v_slot.business_id, v_slot.date, v_slot.time);
      select s.* into v_slot  -- as it is by now
        from bookingdb.time_slots s
       where (s.business_id, s.date, s.time) = (v_slot.business_id, v_slot.date, v_slot.time);
      continue when not found;
    end if;
    v_right := bookingdb.recounted(v_slot);
    return query
      select v_slot.date, v_slot.time, c.counter, c.was, c.now,
             v_right.overhang_count > v_slot.overhang_count
             or v_right.overhang_bouquets > v_slot.overhang_bouquets
        from bookingdb.differing_counters(v_slot, v_right) c;
    if found and not p_dry_run then
      perform bookingdb.set_counters(v_slot, v_right);
    end if;
  end loop;
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.repair_counters is 'Sets counters of slots right that differ from a recount of their bookings.';

commit;
