begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Append-only, as the log of bookings (see triggers). Few rows: one table.
create table bookingdb.settings_audit_log (
  business_id uuid not null,
  id uuid not null default gen_random_uuid(),
  table_name text not null,
  old_values jsonb,
  new_values jsonb,
  performed_by bookingdb.actor_kind not null,
  performed_by_id text,
  ip_address inet,
  user_agent text,
  reason text,
  created_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id, created_at, id)
);

comment on table bookingdb.settings_audit_log is 'Every change of businesses, opening hours, exceptions, what slots offer, webhook endpoints and the quarantine; and what a recovery put right. Append-only.';
comment on column bookingdb.settings_audit_log.table_name is 'Where the row that changed stands.';
comment on column bookingdb.settings_audit_log.old_values is 'The whole row before; NULL when it was new.';
comment on column bookingdb.settings_audit_log.new_values is 'The whole row after; NULL when it was deleted.';

commit;
