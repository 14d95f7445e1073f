begin;
set local role bookingdb_owner;

select
  'bookingdb.instant'::regtype,
  'bookingdb.quantity'::regtype,
  'bookingdb.slot_limit'::regtype,
  'bookingdb.slot_counter'::regtype,
  'bookingdb.slot_overhang'::regtype,
  'bookingdb.customer_name'::regtype,
  'bookingdb.customer_email'::regtype,
  'bookingdb.customer_phone'::regtype,
  'bookingdb.booking_notes'::regtype,
  'bookingdb.cancel_reason'::regtype,
  'bookingdb.idempotency_key'::regtype,
  'bookingdb.external_reference'::regtype,
  'bookingdb.waived_policies'::regtype;

commit;
