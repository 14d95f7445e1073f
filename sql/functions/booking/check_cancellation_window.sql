begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB011 when it is too late for the customer to cancel a booking.
create function bookingdb.check_cancellation_window(p_booking bookingdb.bookings)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last timestamptz;
begin
  select s.starts_at - b.cancellation_window into v_last
    from bookingdb.time_slots s
    join bookingdb.businesses b using (business_id)
   where s.business_id = p_booking.business_id
     and s.date = p_booking.date
     and s.time = p_booking.time;
  if bookingdb.clock_now() >= v_last then
    perform bookingdb.fail('ZB011', format('It could be cancelled until %s.', v_last));
  end if;
end $$;
comment on function bookingdb.check_cancellation_window is 'Raises ZB011 when it is too late for the customer to cancel.';

commit;
