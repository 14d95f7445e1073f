begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How long a dispatcher may sleep: until the next delivery is due, at most p_longest; 0 when
-- there is something to relay or to claim now. Reads only. A login that is bound to businesses
-- relays nothing, and is not told of it.
-- Raises ZB012 for a p_longest that is negative.
create function bookingdb.idle_time(p_longest interval default '1 minute')
returns interval
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_next timestamptz;
begin
  if p_longest is null or p_longest not between '0' and '1 day' then
    perform bookingdb.fail('ZB012', format('Must be from 0 to 1 day, not %s.',
                           coalesce(p_longest::text, 'NULL')), 'p_longest');
  end if;
  if bookingdb.is_unbound() and bookingdb.is_behind() then
    return interval '0';
  end if;
  select min(greatest(d.due_at, e.next_at))
    into v_next
    from bookingdb.open_endpoints(v_now, 1) e
   cross join lateral bookingdb.due_deliveries(
     e.business_id, e.endpoint_id, v_now + p_longest, 1) d;
  return greatest(least(v_next - v_now, p_longest), '0');
end $$;
comment on function bookingdb.idle_time is 'How long a dispatcher may sleep.';

commit;
