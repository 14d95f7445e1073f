begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Sets limits of one slot by hand; later refreshes of the schedule keep them. What is NULL
-- stays; with both NULL the slot follows the schedule again. Lower limits than what is booked
-- leave the bookings where they are; higher ones go to those who wait first.
-- Locks: the schedule of the business, the slot.
-- Raises ZB001, ZB012 for negative limits, and what is no date.
-- Returns the slot.
create function bookingdb.adjust_slot(
  p_date date,
  p_time time,
  p_max_bookings int default null,
  p_max_bouquets int default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.time_slots
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_is_adjusted boolean := num_nonnulls(p_max_bookings, p_max_bouquets) > 0;
  v_slot bookingdb.time_slots;
begin
  if bookingdb.is_date(p_date) is not true or p_time is null then
    perform bookingdb.fail('ZB012', format('%s %s is no local time.', coalesce(p_date::text, 'NULL'),
                                           coalesce(p_time::text, 'NULL')), 'p_date, p_time');
  end if;
  if least(p_max_bookings, p_max_bouquets) < 0 then
    perform bookingdb.fail('ZB012', format('Limits cannot be negative: %s.', least(p_max_bookings, p_max_bouquets)),
                           'p_max_bookings, p_max_bouquets');
  end if;
  perform bookingdb.lock_schedule(p_business_id);
  update bookingdb.time_slots s
     set is_adjusted = v_is_adjusted,
         max_bookings = coalesce(p_max_bookings, case when not v_is_adjusted then p.max_bookings end, s.max_bookings),
         max_bouquets = coalesce(p_max_bouquets, case when not v_is_adjusted then p.max_bouquets end, s.max_bouquets)
    from (select) one
    left join bookingdb.planned_slots(p_business_id, v_business.time_zone, p_date, p_date) p
      on p.time = p_time
   where s.business_id = p_business_id
     and s.date = p_date
     and s.time = p_time;
  if not found then
    perform bookingdb.fail('ZB001', format('There is no slot on %s at %s.',
                           coalesce(p_date::text, 'NULL'), coalesce(p_time::text, 'NULL')));
  end if;
  perform bookingdb.end_actor(v_outer);
  select * into v_slot  -- it may be offered to somebody by now
    from bookingdb.time_slots s
   where s.business_id = p_business_id
     and s.date = p_date
     and s.time = p_time;
  return v_slot;
end $$;
comment on function bookingdb.adjust_slot is 'Sets limits of one slot by hand; later refreshes keep them.';

commit;
