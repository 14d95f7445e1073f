begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The queue and its history in one: who gets which event, and how that stands. The id follows
-- from endpoint and event, so one event cannot be queued twice for an endpoint, and an event
-- that is relayed again after a restore has the id that its receiver may know.
-- No foreign keys: the relay writes thousands at once, and what they would refer to is never
-- deleted before them; check_integrity() looks.
-- While claimed, due_at is the end of the lease: who died lets go by doing nothing.
create table bookingdb.webhook_deliveries (
  business_id uuid not null,
  webhook_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  event_at timestamptz not null,
  booking_id uuid,
  booking_version int,
  relay_pass bigint not null default 0,
  state bookingdb.delivery_state not null default 'pending',
  due_at timestamptz not null,
  claim_id uuid,
  claimed_at timestamptz,
  attempt_count int not null default 0,
  retry_count int not null default 0,
  created_at timestamptz not null default bookingdb.clock_now(),
  finished_at timestamptz,
  processed_at timestamptz,
  primary key (webhook_id, business_id),
  constraint finished_has_time check ((state = 'pending') = (finished_at is null)),
  constraint claimed_is_pending check (claim_id is null or state = 'pending'),
  constraint claimed_has_time check ((claim_id is null) = (claimed_at is null)),
  constraint booking_has_version check ((booking_id is null) = (booking_version is null)),
  constraint counts_not_negative check (attempt_count >= 0 and retry_count >= 0)
);

-- Two words for the same rows (finished_has_time), so that a query can say which index it means:
-- one that looks for a booking must never read all that is due, and where statistics were
-- gathered while nothing was pending both look equally cheap.
create index webhook_deliveries_due
  on bookingdb.webhook_deliveries (business_id, endpoint_id, due_at)
  where state = 'pending';
create index webhook_deliveries_order
  on bookingdb.webhook_deliveries (business_id, endpoint_id, booking_id, booking_version)
  where finished_at is null;
create index webhook_deliveries_created_at
  on bookingdb.webhook_deliveries (business_id, created_at);

comment on table bookingdb.webhook_deliveries is 'Which endpoint gets which event, and how that stands.';
comment on column bookingdb.webhook_deliveries.webhook_id is 'The header webhook-id: the same on every attempt, made of endpoint and event.';
comment on column bookingdb.webhook_deliveries.event_id is 'The audit row''s id; one of its own for events that are not about a booking.';
comment on column bookingdb.webhook_deliveries.event_at is 'When it happened.';
comment on column bookingdb.webhook_deliveries.relay_pass is 'Pass of the relay that queued it; not sent before that pass is complete.';
comment on column bookingdb.webhook_deliveries.due_at is 'When it may be claimed; while it is claimed, when the lease ends.';
comment on column bookingdb.webhook_deliveries.claim_id is 'Fencing token of who sends it now: only they can say how it went.';
comment on column bookingdb.webhook_deliveries.attempt_count is 'Attempts so far, lost ones too.';
comment on column bookingdb.webhook_deliveries.retry_count is 'Retries since it was queued or replayed: its place in the schedule.';
comment on column bookingdb.webhook_deliveries.processed_at is 'When the receiver confirmed that it has really processed the event.';

commit;
