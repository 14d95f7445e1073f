begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

create table bookingdb.schedule_exceptions (
  business_id uuid not null default bookingdb.default_business_id(),
  exception_id uuid not null default gen_random_uuid(),
  date date not null,
  opens time,
  closes time,
  slot_interval interval,
  max_bookings int,
  max_bouquets int,
  reason text,
  primary key (business_id, exception_id),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint date_finite check (isfinite(date)),
  constraint closed_or_complete check (
    num_nulls(opens, closes, slot_interval, max_bookings, max_bouquets) in (0, 5)
  ),
  constraint closes_after_opens check (closes > opens),
  constraint slot_interval_fits check (slot_interval between '1 minute' and closes - opens),
  constraint limits_not_negative check (max_bookings >= 0 and max_bouquets >= 0),
  constraint reason_given check (bookingdb.is_text(reason, 1000)),
  -- "Closed" spans the whole day, so it cannot stand beside opening hours.
  constraint exceptions_do_not_overlap exclude using gist (
    business_id with =,
    tsrange(date + coalesce(opens, '00:00'), date + coalesce(closes, '24:00')) with &&
  )
);

create index schedule_exceptions_by_date on bookingdb.schedule_exceptions (business_id, date);

comment on table bookingdb.schedule_exceptions is 'Dates that depart from the weekly schedule: closed (no hours), or with hours and limits of their own, a row per opening.';
comment on column bookingdb.schedule_exceptions.opens is 'NULL, as all of its kind, when closed on the date.';
comment on column bookingdb.schedule_exceptions.reason is 'Why, for people.';

commit;
