begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Returns the booking as it is now. Raises ZB006 when there is none.
create function bookingdb.get_booking(
  p_booking_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_booking bookingdb.bookings;
begin
  select * into v_booking
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id;
  if not found then
    perform bookingdb.fail('ZB006', format('There is no booking %s in business %s.',
                           coalesce(p_booking_id::text, 'NULL'), coalesce(p_business_id::text, 'NULL')));
  end if;
  return v_booking;
end $$;
comment on function bookingdb.get_booking is 'A booking as it is now.';

commit;
