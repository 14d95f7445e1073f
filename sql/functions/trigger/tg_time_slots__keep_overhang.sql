begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- When a limit is set below what is booked, the bookings stay: the overhang remembers by how
-- much.
create function bookingdb.tg_time_slots__keep_overhang()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.overhang_count := greatest(0, new.booked_count - new.max_bookings);
  new.overhang_bouquets := greatest(0, new.booked_bouquets - new.max_bouquets);
  return new;
end $$;
comment on function bookingdb.tg_time_slots__keep_overhang is 'Remembers by how much bookings exceed a lowered limit.';

commit;
