begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

revoke all on all tables in schema bookingdb
  from bookingdb_app, bookingdb_admin, bookingdb_auditor;
revoke all on all functions in schema bookingdb
  from bookingdb_app, bookingdb_admin, bookingdb_auditor;
revoke usage on type
  bookingdb.booking_status, bookingdb.payment_method, bookingdb.payment_status,
  bookingdb.actor_kind, bookingdb.booking_action, bookingdb.refresh_action,
  bookingdb.booking_effect, bookingdb.affected_policy, bookingdb.import_outcome
  from bookingdb_app, bookingdb_admin, bookingdb_auditor;
revoke usage on schema bookingdb from bookingdb_app, bookingdb_admin, bookingdb_auditor;

commit;
