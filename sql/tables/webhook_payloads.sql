begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Apart from the deliveries, so that an update of those does not copy it.
create table bookingdb.webhook_payloads (
  business_id uuid not null,
  webhook_id uuid not null,
  payload bytea not null,
  primary key (webhook_id, business_id)
);

comment on table bookingdb.webhook_payloads is 'The bytes of each delivery, the same on every attempt.';

commit;
