begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises unless a booking is confirmed (ZB008), or a hold that has not run out (ZB010).
create function bookingdb.check_is_live(p_booking bookingdb.bookings)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_booking.status not in ('held', 'confirmed') then
    perform bookingdb.fail('ZB008', format('A booking that is %s cannot be moved, or hold another number.',
                                           p_booking.status));
  elsif p_booking.status = 'held' and p_booking.hold_expires_at <= bookingdb.clock_now() then
    perform bookingdb.fail('ZB010', format('It ran out at %s.', p_booking.hold_expires_at));
  end if;
end $$;
comment on function bookingdb.check_is_live is 'Raises unless a booking is confirmed, or a hold that has not run out.';

commit;
