begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many bookings a second were made, cancelled and so on within p_window until now, the last
-- 100000 changes at the most. A login that is bound to businesses is told of theirs. Writes
-- nothing. Returns every kind of change. Raises ZB012 for a p_window that is not from a second
-- to an hour.
create function bookingdb.current_changes(p_window interval default '10 seconds')
returns table (action_type bookingdb.booking_action, change_count bigint, per_second double precision)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_window is null or p_window not between '1 second' and '1 hour' then
    perform bookingdb.fail('ZB012', format('Must be from 1 second to 1 hour, not %s.',
                           coalesce(p_window::text, 'NULL')), 'p_window');
  end if;
  return query
    select a.action, count(c), count(c) / extract(epoch from p_window)::double precision
      from unnest(enum_range(null::bookingdb.booking_action)) as a (action)
      left join bookingdb.recent_changes(bookingdb.clock_now() - p_window, 100000) c
        on c.action_type = a.action
     group by a.action
     order by a.action;
end $$;
comment on function bookingdb.current_changes is 'How many bookings a second are made, cancelled and so on.';

commit;
