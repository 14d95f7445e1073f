begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal parts out of deliveries of bookings whose audit rows were dropped with
-- their month, and out of the answers; p_email: where they are about that customer.
-- Locks: the deliveries. Returns how many payloads, and how many answers.
create function bookingdb.erase_orphans(
  p_booking_ids uuid[], p_email text, p_business_id uuid,
  out delivery_count int, out attempt_count int
)
language plpgsql
as $$
declare
  v_ids uuid[] := array(
    select d.webhook_id
      from bookingdb.webhook_deliveries d
      join bookingdb.webhook_payloads p using (business_id, webhook_id)
     cross join lateral (select convert_from(p.payload, 'UTF8')::jsonb -> 'data') e (data)
     where d.business_id = p_business_id
       and d.booking_id = any (p_booking_ids)
       and bookingdb.concerns_customer(e.data -> 'previous', e.data -> 'booking', p_email)
       and bookingdb.erased_payload(p.payload) <> p.payload
       and not exists (
         select from bookingdb.booking_audit_log l
          where l.business_id = d.business_id
            and l.booking_id = d.booking_id
            and l.booking_version = d.booking_version
            and l.id = d.event_id
       )
     order by d.booking_id, d.booking_version, d.endpoint_id
       for update of d);
begin
  update bookingdb.webhook_payloads p
     set payload = bookingdb.erased_payload(p.payload)
   where p.business_id = p_business_id
     and p.webhook_id = any (v_ids);
  get diagnostics delivery_count = row_count;
  update bookingdb.webhook_attempts a
     set answer = '[erased]'
   where a.business_id = p_business_id
     and a.webhook_id = any (v_ids)
     and a.answer <> '[erased]';
  get diagnostics attempt_count = row_count;
end $$;
comment on function bookingdb.erase_orphans is 'Takes the personal parts out of deliveries whose audit rows were dropped.';

commit;
