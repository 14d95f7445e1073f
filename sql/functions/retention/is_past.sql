begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for a booking with personal data whose slot ended before an instant and that nobody
-- waits for: it is no hold, not on the waiting list, and no money is to be given back. One that
-- staff never completed is past all the same.
create function bookingdb.is_past(
  p_booking bookingdb.bookings,
  p_slot bookingdb.time_slots,
  p_before timestamptz
)
returns boolean
language sql
immutable
begin atomic
  select p_slot.ends_at < p_before
     and p_booking.erased_at is null
     and p_booking.status not in ('waiting', 'held')
     and not p_booking.refund_due;
end;
comment on function bookingdb.is_past is 'True for a booking with personal data that ended before an instant.';

commit;
