begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Nobody writes the counters but the triggers on bookings.
create function bookingdb.tg_time_slots__refuse_counters()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = 'The counters of time_slots are kept by triggers on bookings',
    hint = 'Write max_bookings and max_bouquets; leave the other numbers alone.';
end $$;
comment on function bookingdb.tg_time_slots__refuse_counters is 'Refuses hand-written counters of a slot.';

commit;
