begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots from p_from to p_to that can be booked now for p_bouquets; with p_include_full
-- those too that are open but full. No legacy slot, none inside the lead time or beyond the
-- horizon. A hold that has run out blocks nothing. A hint: the booking itself decides.
-- Raises ZB012: NULL, p_bouquets below 1, p_to before p_from, unknown business.
-- Returns the slots by date and time with what is left in each.
create function bookingdb.available_slots(
  p_from date,
  p_to date,
  p_bouquets int default 1,
  p_include_full boolean default false,
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
  v_now timestamptz := bookingdb.clock_now();
begin
  perform bookingdb.get_business(p_business_id);
  perform bookingdb.check_range(p_from, p_to);
  if p_bouquets is null or p_bouquets < 1 then
    perform bookingdb.fail('ZB012', format('Must be at least 1, not %s.', coalesce(p_bouquets::text, 'NULL')),
                           'p_bouquets');
  end if;
  return query
    select s.date, s.time, s.starts_at, l.bookings, l.bouquets
      from bookingdb.open_slots(p_business_id, v_now) s
      left join bookingdb.uncounted_places(p_business_id, p_from, p_to, v_now) u
        on u.date = s.date
       and u.time = s.time
     cross join lateral (
       values (greatest(0, s.remaining_bookings + coalesce(u.booking_count, 0)),
               greatest(0, s.remaining_bouquets + coalesce(u.bouquet_count, 0)))
     ) as l (bookings, bouquets)
     where s.date between p_from and p_to
       and (p_include_full or (l.bookings >= 1 and l.bouquets >= p_bouquets))
     order by s.date, s.time;
end $$;
comment on function bookingdb.available_slots is 'The slots of a range of dates that can be booked now, with what is left in each.';

commit;
