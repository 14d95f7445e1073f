begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

create table bookingdb.opening_hours (
  business_id uuid not null default bookingdb.default_business_id(),
  opening_hours_id uuid not null default gen_random_uuid(),
  in_force daterange not null,
  weekday int not null,
  opens time not null,
  closes time not null,
  slot_interval interval not null,
  max_bookings int not null,
  max_bouquets int not null,
  primary key (business_id, opening_hours_id),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint in_force_not_empty check (not isempty(in_force)),
  constraint weekday_iso check (weekday between 1 and 7),
  constraint closes_after_opens check (closes > opens),
  constraint slot_interval_fits check (slot_interval between '1 minute' and closes - opens),
  constraint limits_not_negative check (max_bookings >= 0 and max_bouquets >= 0),
  constraint rules_do_not_overlap exclude using gist (
    business_id with =,
    weekday with =,
    in_force with &&,
    tsrange(date '2000-01-01' + opens, date '2000-01-01' + closes) with &&
  )
);

comment on table bookingdb.opening_hours is 'The weekly schedule over time: each rule with the dates over which it is in force. Past rules stay as history.';
comment on column bookingdb.opening_hours.in_force is 'Dates on which the rule holds.';
comment on column bookingdb.opening_hours.weekday is 'ISO: 1 is Monday, 7 is Sunday.';
comment on column bookingdb.opening_hours.closes is 'The last slot ends at this time or before; 24:00 is midnight (time(0) in Python).';
comment on column bookingdb.opening_hours.slot_interval is 'Length of a slot; one begins after the other.';
comment on column bookingdb.opening_hours.max_bookings is 'Bookings per slot.';
comment on column bookingdb.opening_hours.max_bouquets is 'Units per slot over all its bookings: bouquets, seats, portions.';

commit;
