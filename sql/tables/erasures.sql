begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tombstones: that personal data were erased, when, by whom, why and how much, without saying
-- whose. Who has the receipt can show that one is theirs.
create table bookingdb.erasures (
  business_id uuid not null,
  erasure_id uuid not null default gen_random_uuid(),
  erased_at timestamptz not null default bookingdb.clock_now(),
  reason text not null,
  performed_by bookingdb.actor_kind not null,
  performed_by_id text,
  subject_digest bytea,
  booking_count int not null,
  change_count int not null,
  delivery_count int not null,
  attempt_count int not null,
  other_count int not null,
  changes_digest bytea not null,
  primary key (business_id, erasure_id)
);

comment on table bookingdb.erasures is 'That personal data were erased, when and why, without saying whose. Append-only.';
comment on column bookingdb.erasures.subject_digest is 'SHA-256 of receipt and lower-case e-mail; NULL: erased for its age, not on request.';
comment on column bookingdb.erasures.change_count is 'Rows of the audit log that lost their personal parts.';
comment on column bookingdb.erasures.other_count is 'Rows of the quarantine and of the settings'' log.';
comment on column bookingdb.erasures.changes_digest is 'SHA-256 over the hashes of those rows of the audit log, in their order.';

commit;
