begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The counters are kept by triggers on bookings and guarded by the last two constraints, so
-- that no writer, at whatever isolation level, can overbook. When a schedule change lowers a
-- limit below what is booked, the bookings stay: the overhang remembers by how much, lets the
-- constraint hold, and shrinks as bookings leave.
create table bookingdb.time_slots (
  business_id uuid not null default bookingdb.default_business_id(),
  date date not null,
  time time not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  max_bookings bookingdb.slot_limit not null,
  max_bouquets bookingdb.slot_limit not null,
  booked_count bookingdb.slot_counter not null default 0,
  booked_bouquets bookingdb.slot_counter not null default 0,
  overhang_count bookingdb.slot_overhang not null default 0,
  overhang_bouquets bookingdb.slot_overhang not null default 0,
  waiting_count bookingdb.slot_counter not null default 0,
  is_adjusted boolean not null default false,
  is_legacy boolean not null default false,
  created_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id, date, time),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint date_finite check (isfinite(date)),
  constraint ends_after_start check (ends_at > starts_at),
  constraint max_bookings_kept check (booked_count - overhang_count <= max_bookings),
  constraint max_bouquets_kept check (booked_bouquets - overhang_bouquets <= max_bouquets)
) with (fillfactor = 70);  -- room for new versions of the row on its own page as counters move

create index time_slots_by_start on bookingdb.time_slots (business_id, starts_at);
create index time_slots_waited_for on bookingdb.time_slots (business_id, date, time)
  where waiting_count > 0;

comment on table bookingdb.time_slots is 'What can be booked: one row per business and local time, with its limits and what is taken.';
comment on column bookingdb.time_slots.date is 'Local date of the business.';
comment on column bookingdb.time_slots.time is 'Local time at which the slot begins.';
comment on column bookingdb.time_slots.starts_at is 'The same as an instant; worked out when the slot is made.';
comment on column bookingdb.time_slots.max_bookings is 'Bookings that the slot takes.';
comment on column bookingdb.time_slots.max_bouquets is 'Units that the slot takes over all its bookings.';
comment on column bookingdb.time_slots.booked_count is 'Bookings that occupy a place; kept by triggers.';
comment on column bookingdb.time_slots.booked_bouquets is 'Units that they take; kept by triggers.';
comment on column bookingdb.time_slots.overhang_count is 'Bookings above a limit that was lowered under them.';
comment on column bookingdb.time_slots.overhang_bouquets is 'Units above a limit that was lowered under them.';
comment on column bookingdb.time_slots.waiting_count is 'Bookings that wait for a place; kept by triggers.';
comment on column bookingdb.time_slots.is_adjusted is 'Limits that staff set for this slot; the schedule does not change them.';
comment on column bookingdb.time_slots.is_legacy is 'No longer in the schedule: serves the bookings that it has, takes no new one.';
comment on column bookingdb.time_slots.created_at is 'Since when it can be booked; its limits and is_legacy since then are in settings_audit_log.';

commit;
