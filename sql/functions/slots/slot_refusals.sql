begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why p_bouquets cannot be booked in a slot at p_now, the weightiest reason first, as codes of
-- error_catalog() with the figures; policy: what staff may waive. No row: it can. Takes no
-- lock.
create function bookingdb.slot_refusals(
  p_business_id uuid, p_date date, p_time time, p_bouquets int, p_now timestamptz
)
returns table (code text, subject text, detail text, policy text)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slot record;
  v_uncounted record;
begin
  select s.*, b.lead_time,
         (p_now at time zone b.time_zone)::date + b.horizon_days as last_date,
         s.max_bookings - s.booked_count as bookings,
         s.max_bouquets - s.booked_bouquets as bouquets
    into v_slot
    from bookingdb.businesses b
    left join bookingdb.time_slots s
      on s.business_id = b.business_id and s.date = p_date and s.time = p_time
   where b.business_id = p_business_id;
  if v_slot.last_date is null then
    return query values ('ZB012', 'p_business_id', format(
      'There is no business %s; create_business() makes one.',
      coalesce(p_business_id::text, 'NULL')), null);
  elsif v_slot.date is null then
    return query values ('ZB001', null, format(
      'There is no slot on %s at %s.', p_date, p_time), null);
  end if;
  if v_slot.is_legacy then
    return query values ('ZB004', null, format(
      'The slot on %s at %s is not in the schedule any more.', p_date, p_time), null);
  end if;
  if v_slot.starts_at <= p_now + v_slot.lead_time then
    return query values ('ZB005', null, format(
      'The slot on %s at %s closed for booking at %s.', p_date, p_time,
      v_slot.starts_at - v_slot.lead_time),
      case when v_slot.starts_at > p_now then 'lead_time' end);
  end if;
  if p_date > v_slot.last_date then
    return query values ('ZB005', null, format(
      '%s is beyond %s, the last date that is open.', p_date, v_slot.last_date), 'horizon');
  end if;

  -- Holds that have run out, and those who wait, are asked for only where they matter.
  if v_slot.waiting_count > 0 or exists (
    select from bookingdb.bookings h
     where h.business_id = p_business_id and h.date = p_date and h.time = p_time
       and h.status = 'held' and h.hold_expires_at <= p_now
       and (v_slot.bookings < 1 or v_slot.bouquets < p_bouquets)
  ) then
    select u.* into v_uncounted
      from bookingdb.uncounted_places(p_business_id, p_date, p_date, p_now) u
     where u.time = p_time;
    v_slot.bookings := v_slot.bookings + coalesce(v_uncounted.booking_count, 0);
    v_slot.bouquets := v_slot.bouquets + coalesce(v_uncounted.bouquet_count, 0);
  end if;
  if v_slot.bookings < 1 then
    return query values ('ZB002', null, format(
      'The slot on %s at %s has %s of %s bookings.', p_date, p_time, v_slot.booked_count,
      v_slot.max_bookings), null);
  end if;
  if v_slot.bouquets < p_bouquets then
    return query values ('ZB003', null, format(
      'The slot on %s at %s has %s of %s bouquets left, not %s.', p_date, p_time,
      greatest(0, v_slot.bouquets), v_slot.max_bouquets, p_bouquets), null);
  end if;
end $$;
comment on function bookingdb.slot_refusals is 'Why so many bouquets cannot be booked in a slot, the weightiest reason first.';

commit;
