begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Append-only (see triggers). A partition per month, made ahead by create_audit_partitions();
-- what falls between goes to the default partition, and check_integrity() complains.
-- The key serves a booking's history, and shows a missing change as a gap in its versions.
create table bookingdb.booking_audit_log (
  business_id uuid not null,
  id uuid not null default gen_random_uuid(),
  booking_id uuid not null,
  booking_version int not null,
  action_type bookingdb.booking_action not null,
  old_values jsonb,
  new_values jsonb,
  performed_by bookingdb.actor_kind not null,
  performed_by_id text,
  ip_address inet,
  user_agent text,
  reason text,
  waived bookingdb.waived_policies,
  created_at timestamptz not null default bookingdb.clock_now(),
  xid xid8 not null default pg_current_xact_id(),
  salt uuid default gen_random_uuid(),
  personal_digest bytea,
  previous_hash bytea,
  hash bytea not null,
  erasure_id uuid,
  primary key (business_id, booking_id, booking_version, created_at)
) partition by range (created_at);

create index booking_audit_log_xid on bookingdb.booking_audit_log (xid);

create table bookingdb.booking_audit_log_default
  partition of bookingdb.booking_audit_log default;

comment on table bookingdb.booking_audit_log is 'Every change of every booking: before, after, who, from where and why. Append-only.';
comment on column bookingdb.booking_audit_log.booking_version is 'Version that the change gave the booking; a deletion counts as one more.';
comment on column bookingdb.booking_audit_log.old_values is 'The whole row before; NULL when created.';
comment on column bookingdb.booking_audit_log.new_values is 'The whole row after; NULL when deleted.';
comment on column bookingdb.booking_audit_log.performed_by_id is 'The actor''s own id; the database user when nobody said who acts.';
comment on column bookingdb.booking_audit_log.waived is 'Policies of the business that staff waived for the change; NULL: none.';
comment on column bookingdb.booking_audit_log.xid is 'Transaction that wrote the row; tells a relay what it has not seen yet.';
comment on column bookingdb.booking_audit_log.salt is 'Makes the digest of the personal parts unguessable; goes with them when they are erased.';
comment on column bookingdb.booking_audit_log.personal_digest is 'Digest of the personal parts, once they are erased; till then it follows from them.';
comment on column bookingdb.booking_audit_log.previous_hash is 'Hash of the row before, of the same booking; NULL: this is the first.';
comment on column bookingdb.booking_audit_log.hash is 'SHA-256 over the row and previous_hash, as docs/audit-format.md specifies it.';
comment on column bookingdb.booking_audit_log.erasure_id is 'The erasure that took the personal parts; NULL: they are there.';
comment on table bookingdb.booking_audit_log_default is 'Audit rows of a month that has no partition. Should be empty.';

commit;
