begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- By how much the audit log is ahead of the clock, which must have been set back; the 1000
-- changes that were made last are looked at.
create function bookingdb.measure_clock()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
as $$
begin
  return (
    select (
             coalesce(round(greatest(extract(epoch from max(l.created_at) - bookingdb.clock_now()), 0)), 0),
             case when max(l.created_at) > bookingdb.clock_now()
               then format('The server''s clock shows %s, and a change was logged at %s.',
                           date_trunc('second', bookingdb.clock_now()), date_trunc('second', max(l.created_at)))
               else 'No change was logged in the future.' end,
             'timedatectl shows whether the server''s clock is synchronized: set it right, then wait until it'
             ' has caught up.',
             null)::bookingdb.health_reading
      from (
        select l.created_at from bookingdb.booking_audit_log l order by l.xid desc limit 1000
      ) l);
end $$;
comment on function bookingdb.measure_clock is 'By how much the audit log is ahead of the clock.';

commit;
