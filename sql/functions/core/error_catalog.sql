begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Every error of bookingdb. Clients branch on the code; message and hint are for people.
-- Classes that begin with Z do not belong to the SQL standard.
create function bookingdb.error_catalog()
returns table (code text, message text, hint text)
language sql
immutable
parallel safe
begin atomic
  values
    ('ZB001', 'Slot not found', 'available_slots() lists what can be booked.'),
    ('ZB002', 'Maximum bookings reached', 'Offer another slot of available_slots().'),
    ('ZB003', 'Maximum bouquets reached', 'Book fewer, or another slot of available_slots().'),
    ('ZB004', 'Slot no longer offered', 'It only serves the bookings that it has. Offer another slot.'),
    ('ZB005', 'Slot not open for booking', 'Offer another slot of available_slots().'),
    ('ZB006', 'Booking not found', 'Check booking and business.'),
    ('ZB007', 'Version conflict', 'Read the booking again, and decide anew.'),
    ('ZB008', 'Illegal transition', 'The legal moves are those of status_moves() and payment_moves().'),
    ('ZB009', 'Idempotency key reused', 'Use a new key for a new request.'),
    ('ZB010', 'Hold expired', 'The place cannot be had any more. Offer another slot of available_slots().'),
    ('ZB011', 'Cancellation window closed', 'Only staff can cancel or move it now.'),
    ('ZB012', 'Invalid argument', 'Correct the argument that the message names.'),
    ('ZB013', 'Plan out of date', 'Make a new plan.'),
    ('ZB014', 'Customer limit reached', 'Only staff can book more for this customer and date.'),
    ('ZB015', 'Bookings affected', 'Move them first, or apply the plan with another policy.'),
    ('ZB016', 'Webhook endpoint not found', 'webhook_status() lists the endpoints.'),
    ('ZB017', 'Webhook delivery not found', 'Check webhook-id and business.'),
    ('ZB018', 'Events not delivered', 'Let the dispatcher finish (reconcile() lists what is missing), seal and export that month.'),
    ('ZB019', 'Customer has open bookings', 'Cancel them first, or say that they are to be kept or cancelled.');
end;
comment on function bookingdb.error_catalog is 'Every error code of bookingdb with its message and hint.';

commit;
