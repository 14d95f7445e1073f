begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives a slot the counters of p_now, which a recount under its lock gave: the trigger of the
-- slots lets no others pass. Logs it, and offers what is free to those who wait.
create function bookingdb.set_counters(p_was bookingdb.time_slots, p_now bookingdb.time_slots)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update bookingdb.time_slots s
     set booked_count = p_now.booked_count,
         booked_bouquets = p_now.booked_bouquets,
         waiting_count = p_now.waiting_count,
         overhang_count = p_now.overhang_count,
         overhang_bouquets = p_now.overhang_bouquets
   where s.business_id = p_now.business_id
     and s.date = p_now.date
     and s.time = p_now.time;
  perform bookingdb.log_setting(
    p_now.business_id, 'time_slots', to_jsonb(p_was), to_jsonb(p_now));
  perform bookingdb.offer_places(p_now.business_id, p_now.date, p_now.time);
end $$;
comment on function bookingdb.set_counters is 'Gives a slot the counters that a recount gave.';

commit;
