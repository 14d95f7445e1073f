begin;
set local role bookingdb_owner;

select
  'bookingdb.booking_status'::regtype,
  'bookingdb.payment_method'::regtype,
  'bookingdb.payment_status'::regtype,
  'bookingdb.actor_kind'::regtype,
  'bookingdb.booking_action'::regtype,
  'bookingdb.refresh_action'::regtype,
  'bookingdb.booking_effect'::regtype,
  'bookingdb.affected_policy'::regtype,
  'bookingdb.import_outcome'::regtype,
  'bookingdb.webhook_profile'::regtype,
  'bookingdb.delivery_state'::regtype,
  'bookingdb.webhook_error'::regtype,
  'bookingdb.audit_damage'::regtype,
  'bookingdb.open_bookings'::regtype,
  'bookingdb.severity'::regtype,
  'bookingdb.retention_kind'::regtype,
  'bookingdb.retention_outcome'::regtype,
  'bookingdb.health_severity'::regtype,
  'bookingdb.health_reading'::regtype,
  'bookingdb.maintenance_task'::regtype,
  'bookingdb.actor'::regtype;

commit;
