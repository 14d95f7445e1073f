begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the change of a booking from p_old to p_new is called: its erasure, else its new status,
-- else the move to another slot, else the payment, else "modified". A hold that takes its place
-- again is as it was, and no new status.
create function bookingdb.action_of(p_old bookingdb.bookings, p_new bookingdb.bookings)
returns bookingdb.booking_action
language sql
immutable
begin atomic
  select case
    when p_new.erased_at is distinct from p_old.erased_at then 'redacted'
    when p_new.status = 'held' and p_old.status = 'waiting' then 'offered'
    when p_new.status <> p_old.status and p_new.status <> 'held' then p_new.status::text
    when (p_new.date, p_new.time) <> (p_old.date, p_old.time) then 'rescheduled'
    when p_new.payment_status <> p_old.payment_status then
      case p_new.payment_status
        when 'paid' then 'payment_succeeded'
        when 'failed' then 'payment_failed'
        when 'refunded' then 'payment_refunded'
        else 'modified'
      end
    else 'modified'
  end::bookingdb.booking_action;
end;
comment on function bookingdb.action_of is 'What the change of a booking is called in the audit log.';

commit;
