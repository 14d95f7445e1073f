begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Apart, so that whoever may read the endpoints may not read these.
create table bookingdb.webhook_secrets (
  business_id uuid not null,
  endpoint_id uuid not null,
  secret_id uuid not null default gen_random_uuid(),
  header_name text,
  value text not null,
  created_at timestamptz not null default bookingdb.clock_now(),
  expires_at timestamptz,
  primary key (business_id, endpoint_id, secret_id),
  constraint endpoint_exists foreign key (business_id, endpoint_id)
    references bookingdb.webhook_endpoints
);

comment on table bookingdb.webhook_secrets is 'Signing secrets of endpoints, and the values of their own headers. No role may read it: claim_deliveries() hands them to the dispatcher.';
comment on column bookingdb.webhook_secrets.header_name is 'NULL: a secret that signs.';
comment on column bookingdb.webhook_secrets.expires_at is 'When a secret that was replaced stops signing; NULL: never.';

commit;
