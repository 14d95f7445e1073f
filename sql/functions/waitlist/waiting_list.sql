begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who waits for the slots from p_from to p_to, slot by slot in the order in which places are
-- offered. Raises ZB012 for a range that is none, and an unknown business.
-- Returns the bookings that wait, each with its place in its slot's line, from 1.
create function bookingdb.waiting_list(
  p_from date,
  p_to date,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  date date, "time" time, place int, booking_id uuid, bouquets int, customer_name text,
  customer_email text, customer_phone text, waiting_since timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.get_business(p_business_id);
  perform bookingdb.check_range(p_from, p_to);
  return query
    select b.date, b.time,
           (row_number() over (
             partition by b.date, b.time order by b.created_at, b.booking_id))::int,
           b.booking_id, b.bouquets::int, b.customer_name::text, b.customer_email::text,
           b.customer_phone::text, b.created_at::timestamptz
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.status = 'waiting'
       and b.date between p_from and p_to
     order by 1, 2, 3;
end $$;
comment on function bookingdb.waiting_list is 'Who waits for the slots of a range of dates, in order.';

commit;
