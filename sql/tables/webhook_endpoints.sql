begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Where events go. An endpoint that is removed stays as a row, so that the trail of what it was
-- sent can be read; what changes all the time stands in webhook_endpoint_health.
create table bookingdb.webhook_endpoints (
  business_id uuid not null,
  endpoint_id uuid not null default gen_random_uuid(),
  url text not null,
  description text,
  profile bookingdb.webhook_profile not null default 'standard',
  event_types text[] not null,
  subscribed_at timestamptz[] not null,
  fields text[] not null,
  header_names text[] not null default '{}',
  rate_limit int not null default 0,
  timeout interval not null default '15 seconds',
  retry_schedule interval[] not null,
  pause_after interval not null default '2 days',
  paused_at timestamptz,
  pause_reason text,
  secret_changed_at timestamptz,
  removed_at timestamptz,
  created_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id, endpoint_id),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint url_valid check (
    url ~ '^https?://[^[:space:][:cntrl:]/?#@\\]+([/?][^[:space:][:cntrl:]#\\]*)?$'
    and char_length(url) <= 2000
  ),
  constraint description_valid check (bookingdb.is_text(description, 200)),
  constraint event_types_given check (
    array_ndims(event_types) = 1 and cardinality(event_types) = cardinality(subscribed_at)
  ),
  constraint fields_are_a_list check (coalesce(array_ndims(fields), 1) = 1),
  constraint rate_limit_in_range check (rate_limit between 0 and 1000),
  constraint timeout_in_range check (timeout between '1 second' and '30 seconds'),
  constraint retry_schedule_valid check (
    cardinality(retry_schedule) <= 30
    and (cardinality(retry_schedule) = 0
         or array_ndims(retry_schedule) = 1 and array_lower(retry_schedule, 1) = 1)
    and (interval '0' < all (retry_schedule)) is true
    and interval '7 days' >= all (retry_schedule)
  ),
  constraint pause_after_in_range check (pause_after between '1 minute' and '30 days'),
  constraint paused_has_reason check ((paused_at is null) = (pause_reason is null))
);

comment on table bookingdb.webhook_endpoints is 'Where events go by webhook, which, and how. Removed ones stay as history.';
comment on column bookingdb.webhook_endpoints.event_types is 'Which events: booking.created, booking.* or *.';
comment on column bookingdb.webhook_endpoints.subscribed_at is 'Since when, for each of event_types; earlier changes are not sent.';
comment on column bookingdb.webhook_endpoints.fields is 'The fields of bookings and actors that it is sent; see webhook_fields().';
comment on column bookingdb.webhook_endpoints.header_names is 'Its own headers; their values are kept with the secrets.';
comment on column bookingdb.webhook_endpoints.rate_limit is 'The most requests in a second; 0: no limit.';
comment on column bookingdb.webhook_endpoints.timeout is 'For one request, from dialling to the answer.';
comment on column bookingdb.webhook_endpoints.retry_schedule is 'Waits before each retry, plus or minus a fifth; then the delivery is dead.';
comment on column bookingdb.webhook_endpoints.pause_after is 'Failing that long without one success, it is paused.';
comment on column bookingdb.webhook_endpoints.secret_changed_at is 'When its secret or its own headers were last replaced; NULL: never.';
comment on column bookingdb.webhook_endpoints.paused_at is 'Since when its deliveries wait; NULL: they do not.';

commit;
