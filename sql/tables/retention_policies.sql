begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How long what is kept. What has no row here is kept for ever.
create table bookingdb.retention_policies (
  business_id uuid not null,
  kind bookingdb.retention_kind not null,
  keep interval not null,
  primary key (business_id, kind),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint keep_in_range check (keep between '1 day' and '100 years')
);

comment on table bookingdb.retention_policies is 'How long each business keeps what; without a row for ever.';
comment on column bookingdb.retention_policies.keep is 'From the end of a booking''s slot, of a delivery, or of a month of the log.';

commit;
