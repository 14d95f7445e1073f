begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What of a booking's values is not personal; p_personal: what is. NULL for NULL.
create function bookingdb.public_values(p_values jsonb, p_personal jsonb)
returns jsonb
language sql
immutable
parallel safe
begin atomic
  select case
    when p_personal - array[
        'customer_name', 'customer_email', 'customer_phone', 'notes', 'cancel_reason',
        'idempotency_key', 'idempotency_digest', 'external_reference'] = jsonb '{}'
      then p_values - array[  -- as nearly always: no column was added
        'customer_name', 'customer_email', 'customer_phone', 'notes', 'cancel_reason',
        'idempotency_key', 'idempotency_digest', 'external_reference']
    else bookingdb.values_without(p_values, p_personal)
  end;
end;
comment on function bookingdb.public_values is 'What of a booking''s values is not personal.';

commit;
