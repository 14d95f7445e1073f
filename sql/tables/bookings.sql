begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

create table bookingdb.bookings (
  business_id uuid not null default bookingdb.default_business_id(),
  booking_id uuid not null default gen_random_uuid(),
  date date not null,
  time time not null,
  bouquets bookingdb.quantity not null,
  customer_name bookingdb.customer_name,
  customer_email bookingdb.customer_email,
  customer_phone bookingdb.customer_phone,
  notes bookingdb.booking_notes,
  status bookingdb.booking_status not null default 'confirmed',
  payment_method bookingdb.payment_method not null default 'pay_on_arrival',
  payment_status bookingdb.payment_status not null default 'pending',
  hold_expires_at bookingdb.instant,
  confirmed_at bookingdb.instant,
  cancelled_at bookingdb.instant,
  cancel_reason bookingdb.cancel_reason,
  idempotency_key bookingdb.idempotency_key,
  idempotency_digest bytea,
  external_reference bookingdb.external_reference,
  -- Local times, as date and time are: there is no offset to drop.
  -- squawk-ignore prefer-timestamp-tz
  proposed_slots timestamp[],
  refund_due boolean not null default false,
  erased_at bookingdb.instant,
  version int not null default 1,
  created_at bookingdb.instant not null default bookingdb.clock_now(),
  updated_at timestamptz not null default now(),  -- a_stamp() has the last word
  primary key (business_id, booking_id),
  -- RESTRICT: NO ACTION would let another slot take the place of one with bookings.
  constraint slot_exists foreign key (business_id, date, time) references bookingdb.time_slots
    on update restrict on delete restrict,
  constraint payment_consistency check (
    payment_method = 'pay_now' or payment_status <> 'failed'
  )
);

create index bookings_by_slot on bookingdb.bookings (business_id, date, time);
create index bookings_by_hold_expiry on bookingdb.bookings (business_id, hold_expires_at)
  where status = 'held';
create unique index bookings_by_idempotency_key on bookingdb.bookings (business_id, idempotency_key)
  where idempotency_key is not null;
-- Who waits, slot by slot; and nobody twice.
create unique index bookings_waiting on bookingdb.bookings (
  business_id, date, time, lower(customer_email)
) where status = 'waiting';
create index bookings_by_external_reference on bookingdb.bookings (business_id, external_reference)
  where external_reference is not null;

comment on table bookingdb.bookings is 'Who booked what. Rows are written by the functions; triggers keep counters, versions and the audit log, whoever writes.';
comment on column bookingdb.bookings.date is 'Local date of the slot.';
comment on column bookingdb.bookings.time is 'Local time of the slot.';
comment on column bookingdb.bookings.bouquets is 'Units booked: bouquets, seats, bikes, portions.';
comment on column bookingdb.bookings.hold_expires_at is 'Until when a hold keeps its place; stays as it was once confirmed or expired.';
comment on column bookingdb.bookings.idempotency_key is 'The caller''s name for the request that made the booking.';
comment on column bookingdb.bookings.idempotency_digest is 'SHA-256 of that request''s arguments.';
comment on column bookingdb.bookings.external_reference is 'A partner''s own id.';
comment on column bookingdb.bookings.proposed_slots is 'Local times of other slots, proposed because the schedule changed; NULL once it moves or ends.';
comment on column bookingdb.bookings.refund_due is 'Paid, but it has no place: the money is to be given back, or kept by your terms.';
comment on column bookingdb.bookings.erased_at is 'When personal data of it were last erased, its customer''s or an earlier one''s; NULL: never.';
comment on column bookingdb.bookings.version is 'From 1, one more with every change, whatever the writer puts there.';

commit;
