begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What was taken of a slot at p_at, and what those who waited were to have first. A hold that
-- had run out takes nothing, swept or not; who waited counts only where the slot was open, as
-- for uncounted_places(), in the order and within the limits of fitting_waiters().
create function bookingdb.places_as_of(
  p_business bookingdb.businesses, p_slot bookingdb.time_slots, p_is_open boolean,
  p_at timestamptz,
  out booked_count int, out booked_bouquets int, out waiting_count int,
  out reserved_count int, out reserved_bouquets int
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bookings bookingdb.bookings[] := array(
    select b from bookingdb.bookings_as_of(p_business.business_id, p_slot.date, p_at) b
     where b.status <> 'held' or b.hold_expires_at > p_at);
  v_waiter bookingdb.bookings;
begin
  select (count(*) filter (where bookingdb.holds_place(b.status)))::int,
         coalesce(sum(b.bouquets) filter (where bookingdb.holds_place(b.status)), 0)::int,
         (count(*) filter (where b.status = 'waiting'))::int, 0, 0
    into booked_count, booked_bouquets, waiting_count, reserved_count, reserved_bouquets
    from unnest(v_bookings) b
   where b.time = p_slot.time;
  for v_waiter in
    select b.*
      from unnest(v_bookings) b
     where b.time = p_slot.time
       and b.status = 'waiting'
       and p_is_open
     order by b.created_at, b.booking_id
  loop
    exit when booked_count + reserved_count >= p_slot.max_bookings;
    continue when booked_bouquets + reserved_bouquets + v_waiter.bouquets > p_slot.max_bouquets;
    continue when p_business.customer_limit > 0 and p_business.customer_limit <= (
      select count(*)
        from unnest(v_bookings) b
       where lower(b.customer_email) = lower(v_waiter.customer_email)
         and b.status in ('held', 'confirmed'));
    reserved_count := reserved_count + 1;
    reserved_bouquets := reserved_bouquets + v_waiter.bouquets;
  end loop;
end $$;
comment on function bookingdb.places_as_of is 'What was taken of a slot at an instant.';

commit;
