begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Nobody writes the counters but the triggers on bookings, at depth 2 or more and as the owner:
-- so this one runs as whoever writes. Functions of the owner may set them to what a recount
-- gives, and to nothing else: the row is locked by now, so that nobody else moves them. It
-- judges by itself: every statement would read a WHEN clause anew from the catalog.
create function bookingdb.tg_time_slots__refuse_counters()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_trigger_depth() > 1 and current_user = 'bookingdb_owner' then
    return new;
  end if;
  if tg_op = 'UPDATE'
    and (new.booked_count, new.booked_bouquets, new.overhang_count, new.overhang_bouquets,
         new.waiting_count)
        is not distinct from
        (old.booked_count, old.booked_bouquets, old.overhang_count, old.overhang_bouquets,
         old.waiting_count)
  then
    return new;
  end if;
  if tg_op = 'UPDATE' and current_user = 'bookingdb_owner' then
    if new is not distinct from bookingdb.recounted(new) then  -- which nobody else may call
      return new;
    end if;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = 'The counters of time_slots are kept by triggers on bookings',
    hint = 'Write max_bookings and max_bouquets; leave the other numbers alone.';
end $$;
comment on function bookingdb.tg_time_slots__refuse_counters is 'Refuses hand-written counters of a slot.';

commit;
