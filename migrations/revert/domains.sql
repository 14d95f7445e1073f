begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop domain
  bookingdb.waived_policies,
  bookingdb.external_reference,
  bookingdb.idempotency_key,
  bookingdb.cancel_reason,
  bookingdb.booking_notes,
  bookingdb.customer_phone,
  bookingdb.customer_email,
  bookingdb.customer_name,
  bookingdb.slot_overhang,
  bookingdb.slot_counter,
  bookingdb.slot_limit,
  bookingdb.quantity,
  bookingdb.instant;

commit;
