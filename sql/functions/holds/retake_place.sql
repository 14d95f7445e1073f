begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB010 unless a hold that has run out can have its place again, as p_booking says.
-- Whoever waits for the slot comes first; lead time and horizon counted when it was made. The
-- caller has locked the slot.
create function bookingdb.retake_place(p_booking bookingdb.bookings)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if bookingdb.has_run_out(p_booking) then
    perform bookingdb.fail('ZB010', concat_ws(' ', 'It ran out at ' || p_booking.hold_expires_at || '.', r.detail))
       from bookingdb.slot_refusals(
              p_booking.business_id, p_booking.date, p_booking.time, p_booking.bouquets,
              bookingdb.clock_now()) r
      where r.policy is null
      limit 1;
  end if;
end $$;
comment on function bookingdb.retake_place is 'Raises ZB010 unless a hold that has run out can have its place again.';

commit;
