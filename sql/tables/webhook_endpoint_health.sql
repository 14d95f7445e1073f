begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Apart from the settings, so that these updates are small and not audited.
create table bookingdb.webhook_endpoint_health (
  business_id uuid not null,
  endpoint_id uuid not null,
  failing_since timestamptz,
  resting_until timestamptz,
  tokens double precision not null default 0,
  tokens_at timestamptz not null default 'epoch',
  primary key (business_id, endpoint_id),
  constraint endpoint_exists foreign key (business_id, endpoint_id)
    references bookingdb.webhook_endpoints
) with (fillfactor = 50);

comment on table bookingdb.webhook_endpoint_health is 'How an endpoint does at present.';
comment on column bookingdb.webhook_endpoint_health.failing_since is 'First failure since the last success; NULL: it does well.';
comment on column bookingdb.webhook_endpoint_health.resting_until is 'The receiver asked to be left alone until then.';
comment on column bookingdb.webhook_endpoint_health.tokens is 'Requests that its rate limit allowed at tokens_at.';

commit;
