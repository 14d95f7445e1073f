begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- TRUNCATE fires no row trigger: it would leave counters and audit log behind. DELETE does not.
create function bookingdb.tg_bookings__refuse_truncate()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = 'bookings cannot be truncated',
    hint = 'DELETE keeps counters and audit log right.';
end $$;
comment on function bookingdb.tg_bookings__refuse_truncate is 'Refuses TRUNCATE of bookings.';

commit;
