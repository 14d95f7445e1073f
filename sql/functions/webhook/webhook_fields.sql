begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The fields of bookings and actors that an endpoint may be sent, and which of them are
-- personal: those are sent only where its list names them. Ids are always sent. Keys of
-- repeated requests never are.
create function bookingdb.webhook_fields()
returns table (field text, is_personal boolean)
language sql
immutable
parallel safe
begin atomic
  values
    ('date', false), ('time', false), ('bouquets', false), ('status', false),
    ('payment_method', false), ('payment_status', false), ('refund_due', false),
    ('hold_expires_at', false), ('confirmed_at', false), ('cancelled_at', false),
    ('proposed_slots', false), ('erased_at', false), ('created_at', false), ('updated_at', false),
    ('customer_name', true), ('customer_email', true), ('customer_phone', true),
    ('notes', true), ('cancel_reason', true), ('external_reference', true),
    ('performed_by_id', true), ('ip_address', true), ('user_agent', true), ('reason', true);
end;
comment on function bookingdb.webhook_fields is 'The fields that an endpoint may be sent, and which are personal.';

commit;
