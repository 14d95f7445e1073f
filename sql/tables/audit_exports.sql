begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- That a month of the audit log was written to a file, which was read back and found complete.
-- The month goes only if it is still what the file says.
create table bookingdb.audit_exports (
  export_id uuid not null default gen_random_uuid(),
  month date not null,
  row_count bigint not null,
  digest bytea not null,
  file text not null,
  exported_at timestamptz not null default bookingdb.clock_now(),
  performed_by bookingdb.actor_kind not null,
  performed_by_id text,
  primary key (month, export_id)
);

comment on table bookingdb.audit_exports is 'Files that months of the audit log were exported to. Append-only.';
comment on column bookingdb.audit_exports.month is 'Its first day; months are those of UTC.';
comment on column bookingdb.audit_exports.digest is 'SHA-256 over the hashes of the rows, in the order of the file.';
comment on column bookingdb.audit_exports.file is 'What the file was called where it was written.';

commit;
