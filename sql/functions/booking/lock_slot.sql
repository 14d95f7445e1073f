begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks a slot up to the commit, against every change of its capacity. NO KEY UPDATE, the lock
-- that a counter update takes: plain UPDATE would block the foreign keys of other bookings.
create function bookingdb.lock_slot(p_business_id uuid, p_date date, p_time time)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
     from bookingdb.time_slots s
    where s.business_id = p_business_id
      and s.date = p_date
      and s.time = p_time
      for no key update;
end $$;
comment on function bookingdb.lock_slot is 'Locks a slot against every change of its capacity.';

commit;
