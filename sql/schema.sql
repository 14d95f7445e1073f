-- The schema, and what it needs from the server.
--
-- A booking engine in the database. The picture in one page:
--
--   opening_hours, schedule_exceptions  --refresh_future_schedule()-->  time_slots
--   time_slots  <--counters kept by triggers--  bookings  --row trigger-->  booking_audit_log
--
-- Applications call functions (create_booking_safe and its kin); nobody but the owner writes
-- to a table. Yet no promise rests on the functions: capacity, legal states, versions and
-- the audit log are kept by triggers and constraints, whoever writes.
begin;
set local lock_timeout = '10s';

create extension if not exists btree_gist;  -- trusted; for "no two rules overlap"

create schema bookingdb authorization bookingdb_owner;
comment on schema bookingdb is 'A booking engine: slots, bookings and their audit log, kept sound by the database.';

-- What a later script creates is nobody's until access/grants says whose.
alter default privileges for role bookingdb_owner revoke execute on functions from public;
alter default privileges for role bookingdb_owner revoke usage on types from public;

commit;
