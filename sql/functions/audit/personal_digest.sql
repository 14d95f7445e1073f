begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The digest of what is personal in a row of the audit log, as docs/audit-format.md specifies
-- it: who acted if it was the customer, why, and the personal values before and after. Call it
-- under time zone UTC.
create function bookingdb.personal_digest(
  p_salt uuid,
  p_actor bookingdb.actor,
  p_old_personal jsonb,
  p_new_personal jsonb
)
returns bytea
language sql
stable
begin atomic
  select sha256(uuid_send(p_salt) || convert_to(format(
    E'%s\n%s\n%s\n%s',
    case when (p_actor).performed_by = 'customer' then jsonb_build_array(
      (p_actor).performed_by_id, (p_actor).ip_address, (p_actor).user_agent) end,
    to_jsonb((p_actor).reason), p_old_personal, p_new_personal), 'UTF8'));
end;
comment on function bookingdb.personal_digest is 'The digest of what is personal in a row of the audit log.';

commit;
