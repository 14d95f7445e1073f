begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Offers what is free in a slot to those who wait for it: each becomes a hold for the
-- business's hold_time_to_live. Nothing in a slot that is not open for booking. A statement
-- that frees several places frees them one by one: the offer is made after the last, when the
-- counters have come down to what the bookings say, so that all are shared out together; who
-- sweeps says so in the call's actor, and has the offer made in the end.
-- The caller has locked the slot.
create function bookingdb.offer_places(p_business_id uuid, p_date date, p_time time)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text;
  v_now timestamptz := bookingdb.clock_now();
begin
  if nullif(current_setting('bookingdb.call_actor', true), '')::jsonb ? 'sweeps' then
    return;
  end if;
  v_outer := bookingdb.begin_actor(
    '{"performed_by": "system", "reason": "offered from the waiting list"}');
  update bookingdb.bookings b
     set status = 'held',
         hold_expires_at = v_now + v.hold_time_to_live
    from bookingdb.businesses v
   cross join bookingdb.open_slots(p_business_id, v_now) s
   cross join lateral (
     select count(*) filter (where bookingdb.holds_place(h.status)) as bookings,
            coalesce(sum(h.bouquets) filter (where bookingdb.holds_place(h.status)), 0) as bouquets,
            count(*) filter (where h.status = 'waiting') as waiting
       from bookingdb.bookings h
      where h.business_id = p_business_id
        and h.date = s.date
        and h.time = s.time
   ) r
   cross join lateral bookingdb.fitting_waiters(
     p_business_id, s.date, s.time, s.remaining_bookings, s.remaining_bouquets, s.waiting_count) w
   where v.business_id = p_business_id
     and s.date = p_date
     and s.time = p_time
     and s.waiting_count > 0
     and s.booked_count <= r.bookings
     and s.booked_bouquets <= r.bouquets
     and s.waiting_count >= r.waiting
     and b.business_id = p_business_id
     and b.booking_id = w.booking_id
     and b.status = 'waiting';
  perform bookingdb.end_actor(v_outer);
end $$;
comment on function bookingdb.offer_places is 'Offers what is free in a slot to those who wait for it.';

commit;
