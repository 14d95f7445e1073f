begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for an instant that nobody can answer for: NULL, not finite, to come, or before
-- what was dropped of the audit log.
create function bookingdb.check_as_of(p_at timestamptz)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dropped_before timestamptz;
begin
  if p_at is null or p_at not between '0001-01-01 00:00+00' and bookingdb.clock_now() then
    perform bookingdb.fail('ZB012', format('Must be an instant of the past, not %s.',
                           coalesce(p_at::text, 'NULL')), 'p_at');
  end if;
  select c.dropped_before into v_dropped_before from bookingdb.relay_cursor c;
  if p_at < v_dropped_before then
    perform bookingdb.fail('ZB012', format('The audit log reaches back to %s, not to %s.',
                           v_dropped_before, p_at), 'p_at');
  end if;
end $$;
comment on function bookingdb.check_as_of is 'Raises ZB012 for an instant that nobody can answer for.';

commit;
