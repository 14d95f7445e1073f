begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- One row. A row of the audit log is relayed when the snapshot did not see its transaction and
-- a later one does; neither ids nor times tell that, as transactions commit out of order.
-- Locks of the webhooks, in this order: endpoints by their ids, this row, deliveries, health.
create table bookingdb.relay_cursor (
  only_one boolean primary key default true,
  seen pg_snapshot not null default pg_current_snapshot(),
  target pg_snapshot,
  target_position xid8 not null default '0',
  relay_pass bigint not null default 1,
  system_identifier bigint not null,
  restored_at timestamptz not null default '-infinity',
  restored_xmax xid8 not null default '0',
  settled_before timestamptz not null default '-infinity',
  dropped_before timestamptz not null default '-infinity',
  constraint only_one_row check (only_one)
) with (fillfactor = 10);

insert into bookingdb.relay_cursor (system_identifier)
select s.system_identifier from pg_control_system() s;

comment on table bookingdb.relay_cursor is 'How far the audit log has been relayed to the webhooks.';
comment on column bookingdb.relay_cursor.seen is 'Transactions that it sees are relayed.';
comment on column bookingdb.relay_cursor.target is 'What a pass under way will have seen when it is complete; NULL: none is under way.';
comment on column bookingdb.relay_cursor.target_position is 'Up to which transaction the pass under way has got.';
comment on column bookingdb.relay_cursor.relay_pass is 'Number of the pass under way, or of the next one.';
comment on column bookingdb.relay_cursor.system_identifier is 'The server whose transaction ids these are.';
comment on column bookingdb.relay_cursor.restored_at is 'When the transaction began in which the cursor began anew here after a restore.';
comment on column bookingdb.relay_cursor.restored_xmax is 'Its id: earlier rows with this id or a later one are from another server.';
comment on column bookingdb.relay_cursor.settled_before is 'Deliveries of earlier events may have been purged.';
comment on column bookingdb.relay_cursor.dropped_before is 'Audit rows of earlier months may have been dropped.';

commit;
