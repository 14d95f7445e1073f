begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes the payloads of what an erasure took the personal parts of anew, whatever their state,
-- so that they can still be sent and replayed, and takes away what receivers answered. A
-- delivery that is being sent is taken from who sends it: what he records comes too late, and
-- it is sent again as it is now. The caller has called lock_webhooks().
-- Locks: the deliveries, by booking and version.
-- Returns how many payloads, and how many answers.
create function bookingdb.erase_deliveries(
  p_booking_ids uuid[], p_erasure_id uuid, p_business_id uuid,
  out delivery_count int, out attempt_count int
)
language plpgsql
as $$
declare
  v_ids uuid[] := array(
    select d.webhook_id
      from bookingdb.booking_audit_log l
      join bookingdb.webhook_endpoints e using (business_id)
      join bookingdb.webhook_deliveries d
        on d.business_id = l.business_id
       and d.webhook_id = bookingdb.webhook_id_of(e.endpoint_id, l.id)
     where l.business_id = p_business_id
       and l.booking_id = any (p_booking_ids)
       and l.erasure_id = p_erasure_id
     order by l.booking_id, l.booking_version, e.endpoint_id
       for update of d);
begin
  update bookingdb.webhook_payloads p
     set payload = bookingdb.booking_payload(
           l, e.profile, e.fields, bookingdb.hidden_columns(e.fields))
    from bookingdb.webhook_deliveries d
    join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
    join bookingdb.booking_audit_log l
      on l.business_id = d.business_id
     and l.booking_id = d.booking_id
     and l.booking_version = d.booking_version
     and l.id = d.event_id
   where d.business_id = p_business_id
     and d.webhook_id = any (v_ids)
     and p.business_id = d.business_id
     and p.webhook_id = d.webhook_id;
  get diagnostics delivery_count = row_count;
  update bookingdb.webhook_attempts a
     set answer = '[erased]'
   where a.business_id = p_business_id
     and a.webhook_id = any (v_ids)
     and a.answer <> '[erased]';
  get diagnostics attempt_count = row_count;
  perform bookingdb.recall_deliveries(v_ids, p_business_id);
end $$;
comment on function bookingdb.erase_deliveries is 'Takes the personal parts out of deliveries and answers.';

commit;
