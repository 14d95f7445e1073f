begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop type
  bookingdb.health_reading,
  bookingdb.actor,
  bookingdb.maintenance_task,
  bookingdb.open_bookings,
  bookingdb.retention_outcome,
  bookingdb.retention_kind,
  bookingdb.audit_damage,
  bookingdb.health_severity,
  bookingdb.severity,
  bookingdb.webhook_error,
  bookingdb.delivery_state,
  bookingdb.webhook_profile,
  bookingdb.import_outcome,
  bookingdb.affected_policy,
  bookingdb.booking_effect,
  bookingdb.refresh_action,
  bookingdb.booking_action,
  bookingdb.actor_kind,
  bookingdb.payment_status,
  bookingdb.payment_method,
  bookingdb.booking_status;

commit;
