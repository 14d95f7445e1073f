begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB010 for a hold that has run out, swept or not, and ZB008 for what is neither held
-- nor confirmed.
create function bookingdb.check_is_live(p_booking bookingdb.bookings)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if bookingdb.has_run_out(p_booking) then
    perform bookingdb.fail('ZB010', format('It ran out at %s.', p_booking.hold_expires_at));
  elsif p_booking.status not in ('held', 'confirmed') then
    perform bookingdb.fail('ZB008', format('A booking that is %s cannot be moved, or hold another number.',
                                           p_booking.status));
  end if;
end $$;
comment on function bookingdb.check_is_live is 'Raises unless a booking is confirmed, or a hold that has not run out.';

commit;
