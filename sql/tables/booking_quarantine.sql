begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Bookings of another system that import_bookings() understood, but that have no place here:
-- nothing is dropped, staff decides.
create table bookingdb.booking_quarantine (
  business_id uuid not null default bookingdb.default_business_id(),
  quarantine_id uuid not null default gen_random_uuid(),
  source text not null,
  row_number int not null,
  request jsonb not null,
  code text not null,
  detail text not null,
  created_at timestamptz not null default bookingdb.clock_now(),
  resolved_at timestamptz,
  resolution text,
  booking_id uuid,
  primary key (business_id, quarantine_id),
  constraint business_exists foreign key (business_id) references bookingdb.businesses,
  constraint source_given check (bookingdb.is_text(source, 200)),
  constraint resolved_has_resolution check (
    (resolved_at is null) = (resolution is null) and (booking_id is null or resolved_at is not null)
  ),
  constraint row_of_source_once unique (business_id, source, row_number)
);

comment on table bookingdb.booking_quarantine is 'Imported bookings that have no place here, until staff adopts or discards them.';
comment on column bookingdb.booking_quarantine.source is 'Name of the import.';
comment on column bookingdb.booking_quarantine.row_number is 'Number of the row in it.';
comment on column bookingdb.booking_quarantine.request is 'The row as it came.';
comment on column bookingdb.booking_quarantine.code is 'Why it was not booked, as a code of error_catalog().';
comment on column bookingdb.booking_quarantine.detail is 'The same with the figures.';
comment on column bookingdb.booking_quarantine.resolution is 'What became of it: "adopted", or why it was discarded.';
comment on column bookingdb.booking_quarantine.booking_id is 'The booking that it became.';

commit;
