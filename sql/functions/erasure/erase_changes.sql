begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes the personal parts out of the audit rows of bookings; p_email: out of those that are
-- about that customer. Rows from which an earlier erasure took them stay its own.
-- Returns the bookings whose rows those were, how many rows, and SHA-256 over their hashes, in
-- the order of booking, version and time.
create function bookingdb.erase_changes(
  p_booking_ids uuid[], p_email text, p_erasure_id uuid, p_business_id uuid,
  out booking_ids uuid[], out change_count int, out changes_digest bytea
)
language plpgsql
set timezone = 'UTC'
as $$
begin
  with erased as (
    update bookingdb.booking_audit_log l
       set (salt, personal_digest, old_values, new_values, performed_by_id, ip_address,
            user_agent, reason, erasure_id)
           = (select e.salt, e.personal_digest, e.old_values, e.new_values, e.performed_by_id,
                     e.ip_address, e.user_agent, e.reason, e.erasure_id
                from bookingdb.erased_change(l, p_erasure_id) e)
     where l.business_id = p_business_id
       and l.booking_id = any (p_booking_ids)
       and l.erasure_id is null
       and bookingdb.concerns_customer(l.old_values, l.new_values, p_email)
       and not bookingdb.is_redaction(l)
    returning l.booking_id, l.booking_version, l.created_at, l.hash
  )
  select coalesce(array_agg(distinct e.booking_id), '{}'), count(*)::int,
         sha256(coalesce(string_agg(
           e.hash, '' order by e.booking_id, e.booking_version, e.created_at), ''))
    into booking_ids, change_count, changes_digest
    from erased e;
end $$;
comment on function bookingdb.erase_changes is 'Takes the personal parts out of the audit rows of bookings.';

commit;
