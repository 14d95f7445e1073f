begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

revoke all on all tables in schema bookingdb
  from bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;
revoke all on all functions in schema bookingdb
  from public, bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;
revoke usage on type
  bookingdb.booking_status, bookingdb.payment_method, bookingdb.payment_status,
  bookingdb.actor_kind, bookingdb.booking_action, bookingdb.refresh_action,
  bookingdb.booking_effect, bookingdb.affected_policy, bookingdb.import_outcome,
  bookingdb.webhook_profile, bookingdb.delivery_state, bookingdb.webhook_error,
  bookingdb.severity
  from bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;
revoke usage on schema bookingdb from bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;

commit;
