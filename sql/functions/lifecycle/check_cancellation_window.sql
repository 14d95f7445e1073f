begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB011 when it is too late to cancel a booking, to move it away or to make it smaller;
-- staff waives it. It is never too late to leave a slot that is no longer in the schedule, or
-- to accept another one that was proposed: it was not the customer who changed his mind.
-- p_target: local time of the slot that it moves to; NULL if it does not.
-- p_outer: what begin_actor() returned. Returns what end_actor() is to be given.
create function bookingdb.check_cancellation_window(
  p_outer text, p_booking bookingdb.bookings, p_target timestamp
)
returns text
language plpgsql
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
     and s.time = p_booking.time
     and not s.is_legacy
     and p_booking.status = 'confirmed'
     and (p_target = any (p_booking.proposed_slots)) is not true;
  if v_last is null or bookingdb.clock_now() < v_last then
    return p_outer;
  elsif (bookingdb.current_actor()).performed_by <> 'admin' then
    perform bookingdb.fail('ZB011', format('It could be cancelled, moved or made smaller until %s.', v_last));
  end if;
  return bookingdb.waive(p_outer, '{cancellation_window}');
end $$;
comment on function bookingdb.check_cancellation_window is 'Raises ZB011 when it is too late to cancel a booking or to move it away.';

commit;
