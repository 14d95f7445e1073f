begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Adds p_bookings, p_bouquets and p_waiting (each may be negative) to the counters of a slot,
-- on behalf of p_booking_id: the one place where capacity is taken. The UPDATE is lock and
-- check at once; after a wait it judges the row as it is then. If there is no room, holds that
-- have run out make way first. What leaves shrinks the overhang, and goes to
-- those who wait. A legacy slot lets bookings leave and grow within its limits, but takes no
-- new one.
-- Raises ZB001, ZB002, ZB003, ZB004.
-- Returns true, so that it can be called in a condition, which is cheaper than PERFORM.
create function bookingdb.count_places(
  p_business_id uuid, p_date date, p_time time, p_bookings int, p_bouquets int, p_waiting int,
  p_booking_id uuid
)
returns boolean
language plpgsql
as $$
declare
  v_waiting int;
begin
  -- What nearly every call wants, in few expressions: each has its cost. There is room: so there
  -- is no overhang.
  if p_bookings > 0 and p_waiting = 0 then
    update bookingdb.time_slots s
       set booked_count = s.booked_count + p_bookings,
           booked_bouquets = s.booked_bouquets + p_bouquets
     where s.business_id = p_business_id
       and s.date = p_date
       and s.time = p_time
       and s.waiting_count = 0
       and not s.is_legacy
       and s.booked_count + p_bookings <= s.max_bookings
       and s.booked_bouquets::bigint + p_bouquets <= s.max_bouquets;
    if found then
      return true;
    end if;
  end if;
  for v_try in 1..2 loop
    update bookingdb.time_slots s
       set booked_count = s.booked_count + p_bookings,
           booked_bouquets = s.booked_bouquets + p_bouquets,
           waiting_count = s.waiting_count + p_waiting,
           overhang_count = least(
             s.overhang_count, greatest(0, s.booked_count + p_bookings - s.max_bookings)),
           overhang_bouquets = least(
             s.overhang_bouquets, greatest(0, s.booked_bouquets + p_bouquets - s.max_bouquets))
     where s.business_id = p_business_id
       and s.date = p_date
       and s.time = p_time
       -- Who takes a place lets those who wait have what is theirs first.
       and (v_try = 2 or p_waiting < 0 or s.waiting_count = 0
            or p_bookings <= 0 and p_bouquets <= 0)
       and (p_bookings <= 0
            or (not s.is_legacy and s.booked_count + p_bookings <= s.max_bookings))
       and (p_bouquets <= 0 or s.booked_bouquets::bigint + p_bouquets <= s.max_bouquets)
    returning s.waiting_count::int into v_waiting;
    if v_waiting > 0 and p_bookings <= 0 and p_bouquets <= 0 then
      perform bookingdb.offer_places(p_business_id, p_date, p_time);
    end if;
    if v_waiting is not null then
      return true;
    end if;
    perform bookingdb.lock_slot(p_business_id, p_date, p_time);
    perform bookingdb.expire_slot_holds(
      p_business_id, p_date, p_time, p_booking_id, null);
  end loop;

  perform bookingdb.fail(r.code, r.detail, r.subject)
     from bookingdb.slot_refusals(p_business_id, p_date, p_time, p_bouquets, bookingdb.clock_now()) r
    where r.code <> 'ZB005'
      and (p_bookings > 0 or r.code = 'ZB003')
    limit 1;
  perform bookingdb.fail(
    case when p_bookings > 0 then 'ZB002' else 'ZB003' end,
    format('A hold on the last place on %s at %s has run out and is being decided on.',
           p_date, p_time));
  return false;
end $$;
comment on function bookingdb.count_places is 'Adds to the counters of a slot, or refuses: the one place where capacity is taken.';

commit;
