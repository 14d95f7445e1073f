begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The rules of single values. Domains, not CHECKs of the tables: these are read and planned
-- anew by each INSERT and UPDATE, a domain's once a session. They call no function of ours, so
-- that whoever may write or read a row needs no more rights; a test holds them to is_text() and
-- is_email(). To change one later: ALTER DOMAIN ... ADD CONSTRAINT ... NOT VALID, then
-- VALIDATE.
-- squawk-ignore-file ban-create-domain-with-constraint

create domain bookingdb.instant as timestamptz
  constraint times_finite check (isfinite(value));
comment on domain bookingdb.instant is 'A point in time; not infinity.';

create domain bookingdb.quantity as int
  constraint bouquets_positive check (value > 0);
comment on domain bookingdb.quantity is 'A number of units, from 1.';

create domain bookingdb.slot_limit as int
  constraint limits_not_negative check (value >= 0);
comment on domain bookingdb.slot_limit is 'How much a slot takes.';

create domain bookingdb.slot_counter as int
  constraint counters_not_negative check (value >= 0);
comment on domain bookingdb.slot_counter is 'How much of a slot is taken, or waited for.';

create domain bookingdb.slot_overhang as int
  constraint overhang_not_negative check (value >= 0);
comment on domain bookingdb.slot_overhang is 'By how much a slot is above a lowered limit.';

create domain bookingdb.customer_name as text
  constraint customer_name_valid check (value ~ '\S' and char_length(value) <= 200);
comment on domain bookingdb.customer_name is 'A customer''s name: not blank, at most 200 characters.';

create domain bookingdb.customer_email as text
  constraint customer_email_valid check (
    value ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+\.[^@.[:space:][:cntrl:]]+$'
    and char_length(value) <= 254
  );
comment on domain bookingdb.customer_email is 'A customer''s e-mail address.';

create domain bookingdb.customer_phone as text
  constraint customer_phone_valid check (value ~ '\S' and char_length(value) <= 50);
comment on domain bookingdb.customer_phone is 'A customer''s phone number, as he writes it.';

create domain bookingdb.booking_notes as text
  constraint notes_valid check (value ~ '\S' and char_length(value) <= 2000);
comment on domain bookingdb.booking_notes is 'What is to be known about a booking.';

create domain bookingdb.cancel_reason as text
  constraint cancel_reason_valid check (value ~ '\S' and char_length(value) <= 1000);
comment on domain bookingdb.cancel_reason is 'Why a booking was cancelled.';

create domain bookingdb.idempotency_key as text
  constraint idempotency_key_valid check (value ~ '\S' and char_length(value) <= 255);
comment on domain bookingdb.idempotency_key is 'The caller''s name for a request.';

create domain bookingdb.external_reference as text
  constraint external_reference_valid check (value ~ '\S' and char_length(value) <= 255);
comment on domain bookingdb.external_reference is 'A partner''s own id of a booking.';

create domain bookingdb.waived_policies as text[]
  constraint waived_known check (
    value <@ '{lead_time,horizon,cancellation_window,customer_limit}'::text[]
  );
comment on domain bookingdb.waived_policies is 'Policies of a business that staff waived.';

commit;
