begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots that new settings open, or open to somebody, are offered to those who wait there.
-- Locks: the slots, in the order of all locks.
create function bookingdb.tg_businesses__offer()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slot record;
begin
  for v_slot in
    select o.date, o.time
      from bookingdb.slots_to_offer(new.business_id, bookingdb.clock_now()) o
     order by 1, 2
  loop
    perform bookingdb.lock_slot(new.business_id, v_slot.date, v_slot.time);
    perform bookingdb.offer_places(new.business_id, v_slot.date, v_slot.time);
  end loop;
  return null;
end $$;
comment on function bookingdb.tg_businesses__offer is 'Offers the slots that new settings open.';

commit;
