begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- One row. How far the audit log is sealed, in the terms of relay_cursor: neither ids nor times
-- tell what was committed since.
create table bookingdb.audit_seal_cursor (
  only_one boolean primary key default true,
  seen pg_snapshot not null default pg_current_snapshot(),
  system_identifier bigint not null,
  restored_at timestamptz not null default '-infinity',
  restored_xmax xid8 not null default '0',
  constraint only_one_row check (only_one)
) with (fillfactor = 10);

insert into bookingdb.audit_seal_cursor (system_identifier)
select s.system_identifier from pg_control_system() s;

comment on table bookingdb.audit_seal_cursor is 'How far the audit log has been sealed.';
comment on column bookingdb.audit_seal_cursor.seen is 'Transactions that it sees are sealed.';
comment on column bookingdb.audit_seal_cursor.system_identifier is 'The server whose transaction ids these are.';
comment on column bookingdb.audit_seal_cursor.restored_at is 'When the transaction began in which the cursor began anew here after a restore.';
comment on column bookingdb.audit_seal_cursor.restored_xmax is 'Its id: earlier rows with this id or a later one are from another server.';

commit;
