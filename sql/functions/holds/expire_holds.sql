begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Expires the holds of a business that have run out, in the slots of those p_limit that ran out
-- first, and offers their places to those who wait; who waits for a slot that has begun waits
-- no more. No booking depends on it: a hold that has run out blocks nobody. It tells the log,
-- and who waits, in time: maintain() runs it.
-- Locks: slot by slot, in the order of date and time; a hold that somebody is changing is
-- passed over.
-- Returns how many it expired. Raises ZB012 for a limit below 1 and an unknown business.
create function bookingdb.expire_holds(
  p_limit int default 1000,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_slot record;
  v_count int := 0;
begin
  perform bookingdb.check_actor(p_actor);
  perform bookingdb.get_business(p_business_id);
  if p_limit is null or p_limit < 1 then
    perform bookingdb.fail('ZB012', format('Must be at least 1, not %s.', coalesce(p_limit::text, 'NULL')),
                           'p_limit');
  end if;
  for v_slot in
    select h.date, h.time
      from (
        select b.date, b.time
          from bookingdb.bookings b
         where b.business_id = p_business_id
           and b.status = 'held'
           and b.hold_expires_at <= v_now
         order by b.hold_expires_at
         limit p_limit
      ) h
    union
    select s.date, s.time
      from bookingdb.time_slots s
     where s.business_id = p_business_id
       and s.waiting_count > 0
       and s.starts_at <= v_now
    union
    select o.date, o.time
      from bookingdb.slots_to_offer(p_business_id, v_now) o
     order by 1, 2
  loop
    perform bookingdb.lock_slot(p_business_id, v_slot.date, v_slot.time);
    v_count := v_count
      + bookingdb.expire_slot_holds(p_business_id, v_slot.date, v_slot.time, null, p_actor);
  end loop;
  return v_count;
end $$;
comment on function bookingdb.expire_holds is 'Expires holds of a business that have run out.';

commit;
