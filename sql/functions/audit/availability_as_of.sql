begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether p_bouquets could be booked in a slot at p_at, worked out from the logs: the slot and
-- its limits as they were then, what was taken, what was left as available_slots() would have
-- said, whether the slot was open for booking by the business's settings of then, and what
-- why_unavailable() would have said. Staff waives lead time and horizon; a limit per customer
-- is not looked at.
-- The logs have the instants at which changes were made. Others saw them when their
-- transactions committed, as a rule milliseconds later: for an instant in between, this counts
-- a booking that was being made, as the one who was refused then found it.
-- It reads the business's logs from p_at on.
-- Raises ZB012: NULL, what is no date, p_bouquets below 1, an unknown business; an instant that
-- is to come, before the business, or before what was dropped of the log.
-- Returns one row; was_there false: no such slot then, and the figures are NULL. booked_count
-- is without holds that had run out. codes and reasons, the weightiest first, are empty when
-- it could be booked.
create function bookingdb.availability_as_of(
  p_date date,
  p_time time,
  p_at timestamptz,
  p_bouquets int default 1,
  p_business_id uuid default bookingdb.default_business_id(),
  out was_there boolean, out is_legacy boolean, out is_adjusted boolean,
  out starts_at timestamptz, out max_bookings int, out max_bouquets int, out booked_count int,
  out booked_bouquets int, out waiting_count int, out remaining_bookings int,
  out remaining_bouquets int, out is_open boolean, out codes text[], out reasons text[]
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses;
  v_slot bookingdb.time_slots;
  v_places record;
begin
  if bookingdb.is_date(p_date) is not true or p_time is null or coalesce(p_bouquets, 0) < 1 then
    perform bookingdb.fail('ZB012', 'Date, time and at least 1 bouquet are required.',
                           'p_date, p_time, p_bouquets');
  end if;
  perform bookingdb.check_as_of(p_at);
  v_business := bookingdb.business_as_of(p_business_id, p_at);
  v_slot := bookingdb.slot_as_of(p_business_id, p_date, p_time, p_at);
  was_there := v_slot.date is not null;
  is_open := false;
  if was_there then
    is_legacy := v_slot.is_legacy;
    is_adjusted := v_slot.is_adjusted;
    starts_at := v_slot.starts_at;
    max_bookings := v_slot.max_bookings;
    max_bouquets := v_slot.max_bouquets;
    is_open := not is_legacy and starts_at > p_at + v_business.lead_time
      and p_date <= (p_at at time zone v_business.time_zone)::date + v_business.horizon_days;
    v_places := bookingdb.places_as_of(v_business, v_slot, is_open, p_at);
    booked_count := v_places.booked_count;
    booked_bouquets := v_places.booked_bouquets;
    waiting_count := v_places.waiting_count;
    remaining_bookings := greatest(0, max_bookings - booked_count - v_places.reserved_count);
    remaining_bouquets := greatest(0, max_bouquets - booked_bouquets - v_places.reserved_bouquets);
  end if;
  select coalesce(array_agg(r.code order by r.place), '{}'),
         coalesce(array_agg(format('%s: %s', e.message, r.detail) order by r.place), '{}')
    into codes, reasons
    from bookingdb.refusals_as_of(
           v_business, v_slot, p_date, p_time, p_bouquets, p_at, booked_count,
           remaining_bookings, remaining_bouquets) with ordinality as r (code, detail, place)
    join bookingdb.error_catalog() e
      on e.code = r.code;
end $$;
comment on function bookingdb.availability_as_of is 'Whether a slot could be booked at an instant, by the logs.';

commit;
