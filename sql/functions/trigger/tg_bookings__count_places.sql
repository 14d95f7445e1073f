begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Keeps the counters of the slots, and so capacity, whoever writes. AFTER the row is written:
-- an INSERT … ON CONFLICT DO NOTHING that writes none must count none. A booking that moves
-- frees and takes in the order of the slots, as every lock.
create function bookingdb.tg_bookings__count_places()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_freed int := 0;
  v_taken int := 0;
  v_left int := 0;
  v_joined int := 0;
begin
  if tg_op <> 'DELETE' then
    v_taken := bookingdb.holds_place(new.status)::int;
    v_joined := (new.status = 'waiting')::int;
  end if;
  if tg_op = 'INSERT' then
    if bookingdb.count_places(
      new.business_id, new.date, new.time, v_taken, v_taken * new.bouquets, v_joined,
      new.booking_id)
    then
      return null;
    end if;
  end if;
  v_freed := bookingdb.holds_place(old.status)::int;
  v_left := (old.status = 'waiting')::int;

  if tg_op = 'UPDATE'
    and (new.business_id, new.date, new.time) = (old.business_id, old.date, old.time)
  then
    perform bookingdb.count_places(
      new.business_id, new.date, new.time, v_taken - v_freed,
      v_taken * new.bouquets - v_freed * old.bouquets, v_joined - v_left, new.booking_id);
    return null;
  end if;

  if tg_op = 'UPDATE'
    and (new.business_id, new.date, new.time) < (old.business_id, old.date, old.time)
  then
    perform bookingdb.count_places(
      new.business_id, new.date, new.time, v_taken, v_taken * new.bouquets, v_joined,
      new.booking_id);
  end if;
  perform bookingdb.count_places(
    old.business_id, old.date, old.time, -v_freed, -v_freed * old.bouquets, -v_left,
    old.booking_id);
  if tg_op = 'UPDATE'
    and (new.business_id, new.date, new.time) > (old.business_id, old.date, old.time)
  then
    perform bookingdb.count_places(
      new.business_id, new.date, new.time, v_taken, v_taken * new.bouquets, v_joined,
      new.booking_id);
  end if;
  return null;
end $$;
comment on function bookingdb.tg_bookings__count_places is 'Keeps the counters of the slots, whoever writes a booking.';

commit;
