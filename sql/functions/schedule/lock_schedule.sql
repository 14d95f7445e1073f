begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Lets one transaction at a time change or apply the schedule of a business. An advisory lock:
-- bookings do not wait for it, and taking it writes nothing.
create function bookingdb.lock_schedule(p_business_id uuid)
returns void
language sql
volatile
begin atomic
  select pg_advisory_xact_lock(hashtextextended('bookingdb schedule ' || p_business_id, 0));
end;
comment on function bookingdb.lock_schedule is 'Lets one transaction at a time change or apply the schedule of a business.';

commit;
