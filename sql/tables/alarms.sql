begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What watch_overbooking() found and told: a row an incident, so that each is told of once.
create table bookingdb.alarms (
  business_id uuid not null,
  alarm_id uuid not null default gen_random_uuid(),
  name text not null,
  date date not null,
  time time not null,
  detail text not null,
  raised_at timestamptz not null default bookingdb.clock_now(),
  cleared_at timestamptz,
  primary key (business_id, alarm_id),
  constraint business_exists foreign key (business_id) references bookingdb.businesses
);

create unique index alarms_open on bookingdb.alarms (business_id, name, date, time)
  where cleared_at is null;

comment on table bookingdb.alarms is 'What must never happen to a slot and did: when it was found, and when it was over.';
comment on column bookingdb.alarms.name is 'Of the check of the health that it belongs to.';
comment on column bookingdb.alarms.date is 'The slot''s, as time is.';
comment on column bookingdb.alarms.cleared_at is 'When it was found to be over; NULL: it is not.';

commit;
