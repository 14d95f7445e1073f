begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A slot that takes more than before, or is in the schedule again, offers it to those who wait.
create function bookingdb.tg_time_slots__offer()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.offer_places(new.business_id, new.date, new.time);
  return null;
end $$;
comment on function bookingdb.tg_time_slots__offer is 'Offers the places of a slot that takes more than before.';

commit;
