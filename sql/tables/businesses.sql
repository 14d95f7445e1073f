begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

create table bookingdb.businesses (
  business_id uuid not null default bookingdb.default_business_id(),
  name text not null,
  time_zone text not null,
  horizon_days int not null default 90,
  lead_time interval not null default '0',
  cancellation_window interval not null default '0',
  hold_time_to_live interval not null default '15 minutes',
  customer_limit int not null default 0,
  created_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id),
  constraint name_given check (bookingdb.is_text(name, 200)),
  constraint horizon_days_in_range check (horizon_days between 0 and 3660),
  constraint lead_time_not_negative check (lead_time between '0' and '3660 days'),
  constraint cancellation_window_not_negative check (cancellation_window between '0' and '3660 days'),
  constraint hold_time_to_live_positive check (hold_time_to_live between '1 second' and '31 days'),
  constraint customer_limit_not_negative check (customer_limit >= 0)
);

comment on table bookingdb.businesses is 'Who takes bookings: time zone and rules of one business.';
comment on column bookingdb.businesses.time_zone is 'IANA name; dates and times of the business are wall-clock there.';
comment on column bookingdb.businesses.horizon_days is 'Days after today for which slots are made and can be booked.';
comment on column bookingdb.businesses.lead_time is 'A slot closes for booking this long before it begins.';
comment on column bookingdb.businesses.cancellation_window is 'Only staff can cancel or move a booking later than this before the slot begins.';
comment on column bookingdb.businesses.hold_time_to_live is 'For how long a place is held that is offered to somebody on the waiting list.';
comment on column bookingdb.businesses.customer_limit is 'Open bookings that one e-mail address may have on one date; 0: any number.';

commit;
