begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Expires the holds of one slot that have run out, so that their places are free: for those who
-- wait, then for others; and those who wait for a slot that has begun. The caller has locked
-- the slot, and spares the booking that it seeks a place for, which is not counted yet. A hold
-- that somebody is changing right now is passed over: it is confirmed or let go there, and
-- waiting for it with the slot locked could deadlock.
-- p_actor: who sweeps; NULL: the system.
-- Returns how many it expired.
create function bookingdb.expire_slot_holds(
  p_business_id uuid, p_date date, p_time time, p_spared_booking_id uuid, p_actor jsonb
)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(
    coalesce(p_actor, '{"performed_by": "system", "reason": "hold expired"}'));
  v_now timestamptz := bookingdb.clock_now();
  v_count int;
begin
  perform set_config(  -- offer_places() is for when all of them are free
    'bookingdb.call_actor',
    (current_setting('bookingdb.call_actor')::jsonb || '{"sweeps": true}')::text, true);
  update bookingdb.bookings b
     set status = 'expired'
    from (
      select h.booking_id
        from bookingdb.bookings h
        join bookingdb.time_slots s using (business_id, date, time)
       where h.business_id = p_business_id
         and h.date = p_date
         and h.time = p_time
         and h.booking_id is distinct from p_spared_booking_id
         and (h.status = 'held' and h.hold_expires_at <= v_now
              or h.status = 'waiting' and s.starts_at <= v_now)
         for no key update of h skip locked
    ) expired
   where b.business_id = p_business_id
     and b.booking_id = expired.booking_id;
  get diagnostics v_count = row_count;
  perform bookingdb.end_actor(v_outer);
  perform bookingdb.offer_places(p_business_id, p_date, p_time);
  return v_count;
end $$;
comment on function bookingdb.expire_slot_holds is 'Expires the holds of one slot that have run out.';

commit;
