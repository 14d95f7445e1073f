begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a booking is a hold that has run out, swept or not.
create function bookingdb.has_run_out(p_booking bookingdb.bookings)
returns boolean
language sql
stable
begin atomic
  select p_booking.status = 'expired'
      or p_booking.status = 'held' and p_booking.hold_expires_at <= bookingdb.clock_now();
end;
comment on function bookingdb.has_run_out is 'Whether a booking is a hold that has run out, swept or not.';

commit;
