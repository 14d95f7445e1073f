begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The ids that deliveries of a booking's changes have, if there are any: the way to them, as
-- finished ones have no index by booking. NULL for NULL.
create function bookingdb.delivery_ids_of(p_booking_id uuid, p_business_id uuid)
returns uuid[]
language sql
stable
begin atomic
  select case when p_booking_id is not null then array(
    select bookingdb.webhook_id_of(e.endpoint_id, l.id)
      from bookingdb.booking_audit_log l
      join bookingdb.webhook_endpoints e using (business_id)
     where l.business_id = p_business_id
       and l.booking_id = p_booking_id
  ) end;
end;
comment on function bookingdb.delivery_ids_of is 'The ids that deliveries of a booking''s changes have.';

commit;
