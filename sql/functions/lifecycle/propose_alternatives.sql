begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots nearest in time to a booking's that can be booked for its quantity, the nearest
-- first. Nothing is reserved: reschedule_booking() decides.
-- Raises ZB006, ZB012 for a limit below 1.
-- Returns at most p_limit slots with what is left in each.
create function bookingdb.propose_alternatives(
  p_booking_id uuid,
  p_limit int default 3,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  date date, "time" time, starts_at timestamptz, remaining_bookings int, remaining_bouquets int
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings := bookingdb.get_booking(p_booking_id, p_business_id);
  v_starts_at timestamptz := (select s.starts_at
                                from bookingdb.time_slots s
                               where s.business_id = p_business_id
                                 and s.date = v_booking.date
                                 and s.time = v_booking.time);
  v_days int;
begin
  if p_limit is null or p_limit < 1 then
    perform bookingdb.fail('ZB012', format('Must be at least 1, not %s.', coalesce(p_limit::text, 'NULL')),
                           'p_limit');
  end if;
  foreach v_days in array array[2, 15, 100, 8000] loop  -- as a rule there is something near
    exit when p_limit <= (
      select count(*)
        from bookingdb.available_slots(
               v_booking.date - v_days, v_booking.date + v_days, v_booking.bouquets, false,
               p_business_id) a
       where a.starts_at <> v_starts_at
         and abs(extract(epoch from a.starts_at - v_starts_at)) < (v_days - 1) * 86400
    );
  end loop;
  return query
    select a.date, a.time, a.starts_at, a.remaining_bookings, a.remaining_bouquets
      from bookingdb.available_slots(
             v_booking.date - v_days, v_booking.date + v_days, v_booking.bouquets, false,
             p_business_id) a
     where a.starts_at <> v_starts_at
     order by abs(extract(epoch from a.starts_at - v_starts_at)), a.starts_at
     limit p_limit;
end $$;
comment on function bookingdb.propose_alternatives is 'The slots nearest in time to a booking''s that can be booked for its quantity.';

commit;
