begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A business that changes its time zone keeps its wall-clock times: the instants of the slots
-- that have not begun, by the old zone or by the new one, move. A slot whose time does not
-- exist in the new zone becomes legacy; it begins as much later as the clock is put forward
-- there.
-- Locks: the schedule, so that no refresh makes slots by the old zone meanwhile; all slots of
-- the business, in the order of all locks.
create function bookingdb.tg_businesses__move_slots()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.lock_schedule(new.business_id);
  perform
     from bookingdb.time_slots s
    where s.business_id = new.business_id
    order by s.date, s.time
      for no key update;
  update bookingdb.time_slots s
     set starts_at = i.instant,
         ends_at = i.instant + (s.ends_at - s.starts_at),
         is_legacy = s.is_legacy or not i.is_on_the_clock
    from bookingdb.time_slots o
   cross join lateral (
     select coalesce(f.instant, (o.date + o.time) at time zone new.time_zone),
            f.instant is not null
       from (select bookingdb.instant_of(o.date + o.time, new.time_zone)) as f (instant)
   ) as i (instant, is_on_the_clock)
   where o.business_id = new.business_id
     and (o.starts_at > bookingdb.clock_now() or i.instant > bookingdb.clock_now())
     and s.business_id = o.business_id
     and s.date = o.date
     and s.time = o.time;
  return null;
end $$;
comment on function bookingdb.tg_businesses__move_slots is 'Moves the instants of future slots when the time zone changes.';

commit;
