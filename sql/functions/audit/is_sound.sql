begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a row of the audit log has the hash that it must have, and what was erased of it is
-- erased: that is not covered by the hash any more. Call it under time zone UTC.
create function bookingdb.is_sound(p_change bookingdb.booking_audit_log)
returns boolean
language plpgsql
stable
as $$
begin
  if p_change.hash is distinct from bookingdb.expected_hash(p_change) then
    return false;
  elsif p_change.erasure_id is null then
    return p_change.personal_digest is null;
  end if;
  return p_change.salt is null
     and exists (
       select from bookingdb.erasures e
        where e.business_id = p_change.business_id and e.erasure_id = p_change.erasure_id
     )
     and p_change is not distinct from bookingdb.erased_change(p_change, p_change.erasure_id);
end $$;
comment on function bookingdb.is_sound is 'True when a row of the audit log has the hash that it must have.';

commit;
