begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Merkle roots over rows of the audit log, each seal chained to the one before. What a seal
-- covers is kept here: so a row that is gone is named, and a proof can be given of one whose
-- month was dropped.
create table bookingdb.audit_seals (
  business_id uuid not null,
  seal_number int not null,
  sealed_at timestamptz not null,
  row_count int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  audit_ids uuid[] not null,
  hashes bytea[] not null,
  root bytea not null,
  previous_hash bytea,
  hash bytea not null,
  primary key (business_id, seal_number)
);
alter table bookingdb.audit_seals
  alter column audit_ids set storage external,
  alter column hashes set storage external;

comment on table bookingdb.audit_seals is 'Merkle roots over the audit log, each chained to the one before. Append-only.';
comment on column bookingdb.audit_seals.seal_number is 'From 1, without gaps, for each business.';
comment on column bookingdb.audit_seals.first_at is 'When the oldest of its rows was written.';
comment on column bookingdb.audit_seals.last_at is 'When the youngest of its rows was written.';
comment on column bookingdb.audit_seals.audit_ids is 'Ids of the rows, in the order of the leaves.';
comment on column bookingdb.audit_seals.hashes is 'Their hashes, in the same order.';
comment on column bookingdb.audit_seals.root is 'Root of the Merkle tree over the hashes, as RFC 6962 builds it.';
comment on column bookingdb.audit_seals.previous_hash is 'Hash of the seal before; NULL: this is the first.';
comment on column bookingdb.audit_seals.hash is 'SHA-256 over the seal and previous_hash, as docs/audit-format.md specifies it.';

commit;
