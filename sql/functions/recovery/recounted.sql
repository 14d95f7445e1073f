begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A slot with the counters that a recount of its bookings gives, and the overhang that belongs
-- to them. For who has locked the slot: whoever takes or frees a place writes it.
create function bookingdb.recounted(p_slot bookingdb.time_slots)
returns bookingdb.time_slots
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slot bookingdb.time_slots := p_slot;
begin
  select (count(*) filter (where h.holds))::bookingdb.slot_counter,
         coalesce(sum(b.bouquets) filter (where h.holds), 0)::bookingdb.slot_counter,
         (count(*) filter (where b.status = 'waiting'))::bookingdb.slot_counter
    into v_slot.booked_count, v_slot.booked_bouquets, v_slot.waiting_count
    from bookingdb.bookings b
   cross join lateral (select bookingdb.holds_place(b.status)) as h (holds)
   where b.business_id = p_slot.business_id
     and b.date = p_slot.date
     and b.time = p_slot.time;
  v_slot.overhang_count := greatest(0, v_slot.booked_count - v_slot.max_bookings);
  v_slot.overhang_bouquets := greatest(0, v_slot.booked_bouquets - v_slot.max_bouquets);
  return v_slot;
end $$;
comment on function bookingdb.recounted is 'A slot with the counters that a recount of its bookings gives.';

commit;
