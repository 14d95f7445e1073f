begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who of those that wait for a slot would get a place, were so many bookings and bouquets free:
-- in the order in which they came, p_waiting of them at most. Whoever needs more than is left,
-- or has as many open bookings on the date as the business takes from one, is passed over.
create function bookingdb.fitting_waiters(
  p_business_id uuid, p_date date, p_time time, p_bookings int, p_bouquets int, p_waiting int
)
returns table (booking_id uuid, bouquets int)
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bookings int := least(p_bookings, p_waiting);
  v_bouquets int := p_bouquets;
  v_email text;
begin
  for booking_id, bouquets, v_email in
    select b.booking_id, b.bouquets::int, b.customer_email::text
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.date = p_date
       and b.time = p_time
       and b.status = 'waiting'
     order by b.created_at, b.booking_id
  loop
    exit when v_bookings < 1 or v_bouquets < 1;
    if bouquets <= v_bouquets
      and not bookingdb.is_at_limit(p_business_id, v_email, p_date, booking_id, true)
    then
      v_bookings := v_bookings - 1;
      v_bouquets := v_bouquets - bouquets;
      return next;
    end if;
  end loop;
end $$;
comment on function bookingdb.fitting_waiters is 'Who of those that wait for a slot would get a place.';

commit;
