begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The closed vocabularies. The order of the labels is the order in which they occur.

create type bookingdb.booking_status as enum (
  'waiting', 'held', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired'
);
comment on type bookingdb.booking_status is 'Where a booking stands. From held to no_show it occupies a place in the slot.';

create type bookingdb.payment_method as enum ('pay_on_arrival', 'pay_now');
comment on type bookingdb.payment_method is 'When the customer pays.';

create type bookingdb.payment_status as enum ('pending', 'paid', 'failed', 'refunded');
comment on type bookingdb.payment_status is 'Where the payment stands. Money is refunded only after it was paid.';

create type bookingdb.actor_kind as enum ('customer', 'admin', 'system');
comment on type bookingdb.actor_kind is 'Who acts: the customer, the shop''s staff, or a program.';

create type bookingdb.booking_action as enum (
  'created', 'offered', 'confirmed', 'modified', 'rescheduled', 'cancelled', 'expired',
  'payment_succeeded', 'payment_failed', 'payment_refunded', 'completed', 'no_show',
  'deleted', 'redacted'
);
comment on type bookingdb.booking_action is 'What happened to a booking, as the audit log names it.';

create type bookingdb.refresh_action as enum (
  'create', 'update', 'restore', 'make_legacy', 'delete'
);
comment on type bookingdb.refresh_action is 'What a schedule refresh does to one slot.';

create type bookingdb.booking_effect as enum ('kept_on_legacy', 'over_limit');
comment on type bookingdb.booking_effect is 'How a change of the schedule affects a booking.';

create type bookingdb.affected_policy as enum ('keep', 'refuse', 'offer');
comment on type bookingdb.affected_policy is 'What a schedule plan does about the bookings that it affects.';

create type bookingdb.import_outcome as enum ('imported', 'present', 'quarantined', 'rejected');
comment on type bookingdb.import_outcome is 'What became of a row of an import; present: it was imported before.';

create type bookingdb.webhook_profile as enum ('standard', 'make');
comment on type bookingdb.webhook_profile is 'What kind of receiver an endpoint is: any, or Make.com.';

create type bookingdb.delivery_state as enum ('pending', 'delivered', 'dead', 'discarded');
comment on type bookingdb.delivery_state is 'Where a delivery stands. Dead: all retries failed; discarded: its endpoint was removed.';

create type bookingdb.webhook_error as enum (
  'status', 'redirect', 'timeout', 'connection', 'dns', 'tls', 'protocol', 'address_refused',
  'insecure_url', 'lost'
);
comment on type bookingdb.webhook_error is 'Why an attempt failed. Lost: the dispatcher was gone before it said how it went.';

create type bookingdb.audit_damage as enum (
  'changed', 'removed', 'inserted', 'reordered', 'cut_off'
);
comment on type bookingdb.audit_damage is 'What was done to the audit log. Cut off: its last rows are missing.';
create type bookingdb.severity as enum ('info', 'warning', 'critical');
comment on type bookingdb.severity is 'How grave a finding is; info is no complaint.';

create type bookingdb.health_severity as enum ('ok', 'warning', 'critical');
comment on type bookingdb.health_severity is 'How grave it is what a check of the health found.';

create type bookingdb.open_bookings as enum ('refuse', 'keep', 'cancel');
comment on type bookingdb.open_bookings is 'What the erasure of a customer does about bookings that are still to come.';

create type bookingdb.retention_kind as enum ('personal_data', 'attempts', 'deliveries', 'audit');
comment on type bookingdb.retention_kind is 'What a business may keep for a time only, in the order in which it goes.';

create type bookingdb.retention_outcome as enum ('gone', 'would_go', 'kept');
comment on type bookingdb.retention_outcome is 'What came of a retention policy.';

create type bookingdb.maintenance_task as enum (
  'integrity', 'overbooking', 'seals', 'slots_ahead', 'expired_holds', 'audit_partitions',
  'retention'
);
comment on type bookingdb.maintenance_task is 'What maintain() does; in this order, so that what others wait for is locked last.';

create type bookingdb.actor as (
  performed_by bookingdb.actor_kind,
  performed_by_id text,
  ip_address inet,
  user_agent text,
  reason text
);
comment on type bookingdb.actor is 'Who acts, from where and why.';

create type bookingdb.health_reading as (
  figure numeric,
  message text,
  remedy text,
  at_least bookingdb.health_severity
);
comment on type bookingdb.health_reading is 'What a check of the health found; at_least: however small the figure is.';

commit;
