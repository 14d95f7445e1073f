begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- All there is to know in a dispute about a booking, in one document:
--   made_at, business, booking (as it is now; NULL when it was deleted), deleted
--   timeline  every change, oldest first: id, booking_version, action_type, at (UTC) and
--             at_local (by the business's clock), performed_by, performed_by_id, ip_address,
--             user_agent, reason, waived, changes (field, old, new, in words), old_values,
--             new_values, erasure_id, deliveries
--   proof     how anybody can check it; see dispute_proof
-- Deliveries are those of delivery_trail: endpoint, url, webhook_id, state, when, and each
-- attempt with what the receiver answered.
-- Raises ZB006 when there never was such a booking, ZB012 for an unknown business.
create function bookingdb.dispute_file(
  p_booking_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(p_business_id);
  v_booking jsonb;
begin
  select to_jsonb(b) - 'idempotency_digest' into v_booking
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id;
  return jsonb_build_object(
    'made_at', bookingdb.iso_instant(bookingdb.clock_now()),
    'booking_id', p_booking_id,
    'business', jsonb_build_object('business_id', v_business.business_id,
                                   'name', v_business.name, 'time_zone', v_business.time_zone),
    'booking', v_booking,
    'deleted', v_booking is null,
    'timeline', bookingdb.dispute_timeline(p_booking_id, p_business_id, v_business.time_zone),
    'proof', bookingdb.dispute_proof(p_booking_id, p_business_id));
end $$;
comment on function bookingdb.dispute_file is 'All there is to know in a dispute about a booking, in one document.';

commit;
