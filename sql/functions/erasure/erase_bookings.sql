begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Erases the personal data of these bookings of a business, in them and in their audit log.
-- Returns what it did.
create function bookingdb.erase_bookings(
  p_booking_ids uuid[],
  p_reason text,
  p_subject_digest bytea,
  p_business_id uuid
)
returns bookingdb.erasures
language plpgsql
set timezone = 'UTC'
as $$
declare
  v_actor bookingdb.actor := bookingdb.current_actor();
  v_erasure bookingdb.erasures;
begin
  v_erasure.erasure_id := gen_random_uuid();
  update bookingdb.bookings b
     set customer_name = case when b.customer_name is not null then '[erased]' end,
         customer_email = case when b.customer_email is not null then 'erased@erased.invalid' end,
         customer_phone = case when b.customer_phone is not null then '[erased]' end,
         notes = case when b.notes is not null then '[erased]' end,
         cancel_reason = case when b.cancel_reason is not null then '[erased]' end,
         idempotency_key = null,
         idempotency_digest = null,
         external_reference = null,
         erased_at = bookingdb.clock_now()
   where b.business_id = p_business_id
     and b.booking_id = any (p_booking_ids);
  get diagnostics v_erasure.booking_count = row_count;
  select count(*)::int, sha256(coalesce(string_agg(l.hash, '' order by
           l.booking_id, l.booking_version, l.created_at), ''))
    into v_erasure.change_count, v_erasure.changes_digest
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.booking_id = any (p_booking_ids)
     and l.erasure_id is null;
  insert into bookingdb.erasures (
    business_id, erasure_id, reason, performed_by, performed_by_id, subject_digest,
    booking_count, change_count, delivery_count, attempt_count, other_count, changes_digest
  )
  values (
    p_business_id, v_erasure.erasure_id, p_reason, v_actor.performed_by, v_actor.performed_by_id,
    p_subject_digest, v_erasure.booking_count, v_erasure.change_count, 0, 0, 0,
    v_erasure.changes_digest
  )
  returning * into v_erasure;
  update bookingdb.booking_audit_log l
     set (old_values, new_values, performed_by_id, ip_address, user_agent, reason, salt,
          personal_digest, erasure_id) = (
           select e.old_values, e.new_values, e.performed_by_id, e.ip_address, e.user_agent,
                  e.reason, e.salt, e.personal_digest, e.erasure_id
             from bookingdb.erased_change(l, v_erasure.erasure_id) e)
   where l.business_id = p_business_id
     and l.booking_id = any (p_booking_ids)
     and l.erasure_id is null;
  return v_erasure;
end $$;
comment on function bookingdb.erase_bookings is 'Erases the personal data of bookings.';

commit;
