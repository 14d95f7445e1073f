begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The hash of a row of the audit log, as docs/audit-format.md specifies it: over the hash of
-- the row before, the digest of what is personal, and the rest. Call it under time zone UTC.
create function bookingdb.change_hash(
  p_previous_hash bytea,
  p_personal_digest bytea,
  p_id uuid,
  p_action_type bookingdb.booking_action,
  p_created_at timestamptz,
  p_actor bookingdb.actor,
  p_waived text[],
  p_old_public jsonb,
  p_new_public jsonb
)
returns bytea
language sql
stable
begin atomic
  select sha256(
    coalesce(p_previous_hash, decode(repeat('00', 32), 'hex')) || p_personal_digest
    || convert_to(format(
      E'1\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s',
      p_id, p_action_type, to_jsonb(p_created_at), (p_actor).performed_by,
      case when (p_actor).performed_by <> 'customer' then jsonb_build_array(
        (p_actor).performed_by_id, (p_actor).ip_address, (p_actor).user_agent) end,
      to_jsonb(p_waived), p_old_public, p_new_public), 'UTF8'));
end;
comment on function bookingdb.change_hash is 'The hash of a row of the audit log.';

commit;
