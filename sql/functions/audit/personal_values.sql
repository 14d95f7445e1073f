begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What of a booking's values is personal: all but the columns that say what was booked and how
-- it stands. A column that somebody adds counts as personal, too. NULL for NULL.
create function bookingdb.personal_values(p_values jsonb)
returns jsonb
language sql
immutable
parallel safe
begin atomic
  select p_values - array[
    'business_id', 'booking_id', 'date', 'time', 'bouquets', 'status', 'payment_method',
    'payment_status', 'hold_expires_at', 'confirmed_at', 'cancelled_at', 'proposed_slots',
    'refund_due', 'erased_at', 'version', 'created_at', 'updated_at'];
end;
comment on function bookingdb.personal_values is 'What of a booking''s values is personal.';

commit;
