begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The rules of is_text() and is_email() stand here in full: a CHECK that calls a function costs
-- each INSERT its inlining. A test holds both together.
create table bookingdb.bookings (
  business_id uuid not null default bookingdb.default_business_id(),
  booking_id uuid not null default gen_random_uuid(),
  date date not null,
  time time not null,
  bouquets int not null,
  customer_name text,
  customer_email text,
  customer_phone text,
  notes text,
  status bookingdb.booking_status not null default 'confirmed',
  payment_method bookingdb.payment_method not null default 'pay_on_arrival',
  payment_status bookingdb.payment_status not null default 'pending',
  hold_expires_at timestamptz,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  idempotency_key text,
  idempotency_digest bytea,
  external_reference text,
  -- Local times, as date and time are: there is no offset to drop.
  -- squawk-ignore prefer-timestamp-tz
  proposed_slots timestamp[],
  refund_due boolean generated always as (
    payment_status = 'paid' and status in ('waiting', 'cancelled', 'expired')
  ) stored,
  version int not null default 1,
  created_at timestamptz not null default bookingdb.clock_now(),
  updated_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id, booking_id),
  -- RESTRICT: NO ACTION would let another slot take the place of one with bookings.
  constraint slot_exists foreign key (business_id, date, time) references bookingdb.time_slots
    on update restrict on delete restrict,
  constraint bouquets_positive check (bouquets > 0),
  constraint customer_name_valid check (
    customer_name ~ '\S' and char_length(customer_name) <= 200
  ),
  constraint customer_email_valid check (
    customer_email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+\.[^@.[:space:][:cntrl:]]+$'
    and char_length(customer_email) <= 254
  ),
  constraint customer_phone_valid check (
    customer_phone ~ '\S' and char_length(customer_phone) <= 50
  ),
  constraint notes_valid check (notes ~ '\S' and char_length(notes) <= 2000),
  constraint cancel_reason_valid check (
    cancel_reason ~ '\S' and char_length(cancel_reason) <= 1000
  ),
  constraint idempotency_key_valid check (
    idempotency_key ~ '\S' and char_length(idempotency_key) <= 255
  ),
  constraint external_reference_valid check (
    external_reference ~ '\S' and char_length(external_reference) <= 255
  ),
  -- A hold may lack them, also after it has lapsed or was let go.
  constraint customer_known check (
    status in ('held', 'expired', 'cancelled') or num_nulls(customer_name, customer_email) = 0
  ),
  constraint hold_has_expiry check (status <> 'held' or hold_expires_at is not null),
  constraint times_finite check (
    isfinite(hold_expires_at) and isfinite(confirmed_at) and isfinite(cancelled_at)
    and isfinite(created_at)
  ),
  constraint cancelled_has_time check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint payment_consistency check (
    (payment_method = 'pay_on_arrival' and payment_status in ('pending', 'paid', 'refunded'))
    or (payment_method = 'pay_now' and payment_status in ('pending', 'paid', 'failed', 'refunded'))
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
comment on column bookingdb.bookings.version is 'From 1, one more with every change, whatever the writer puts there.';

commit;
