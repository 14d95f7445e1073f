begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a booking is still to come: it waits, is held or confirmed, in a slot that has not
-- begun. A hold that has run out is not.
create function bookingdb.is_open(p_booking bookingdb.bookings)
returns boolean
language sql
stable
begin atomic
  select p_booking.status in ('waiting', 'held', 'confirmed')
     and not bookingdb.has_run_out(p_booking)
     and exists (
       select from bookingdb.time_slots s
        where s.business_id = p_booking.business_id
          and s.date = p_booking.date
          and s.time = p_booking.time
          and s.starts_at > bookingdb.clock_now()
     );
end;
comment on function bookingdb.is_open is 'Whether a booking is still to come.';

commit;
