begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Where the log of a month that was dropped ended, for each booking that goes on: so the chain
-- of its later rows can still be verified.
create table bookingdb.audit_chain_cuts (
  business_id uuid not null,
  booking_id uuid not null,
  booking_version int not null,
  hash bytea not null,
  primary key (business_id, booking_id, booking_version)
);

comment on table bookingdb.audit_chain_cuts is 'The last hash of each booking before months of its log were dropped.';
comment on column bookingdb.audit_chain_cuts.booking_version is 'Version that the last dropped row gave the booking.';
comment on column bookingdb.audit_chain_cuts.hash is 'Hash of that row.';

commit;
