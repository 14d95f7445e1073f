begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- All that monitoring wants to know, a row for each sample: name, kind (gauge or counter),
-- labels, value, and what it counts. Cheap enough for every 15 seconds, however many bookings
-- there are: what is recent is read from the end, what could be long is counted up to a limit.
-- With p_business_limit, up to 1000, the oldest businesses get a label business_id, and all
-- others together are "other". Writes nothing.
-- Raises ZB012: p_business_limit not from 0 to 1000; 42501 for a login that is bound to
-- businesses.
create function bookingdb.metrics(p_business_limit int default 0)
returns table (name text, kind text, labels jsonb, value double precision, help text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set jit = off
as $$
declare
  v_listed uuid[];
begin
  perform bookingdb.refuse_bound('metrics()');
  if p_business_limit is null or p_business_limit not between 0 and 1000 then
    perform bookingdb.fail('ZB012', format('Must be from 0 to 1000, not %s.',
                           coalesce(p_business_limit::text, 'NULL')), 'p_business_limit');
  end if;
  v_listed := array(
    select b.business_id
      from bookingdb.businesses b
     order by b.created_at, b.business_id
     limit p_business_limit);
  return query
  select m.name, c.kind, m.labels, m.value, c.help
    from (
      select * from bookingdb.metrics_of_changes(v_listed)
      union all
      select * from bookingdb.metrics_of_deliveries()
      union all
      select * from bookingdb.metrics_of_endpoints()
      union all
      select * from bookingdb.metrics_of_slots(v_listed)
      union all
      select * from bookingdb.metrics_of_holds(v_listed)
      union all
      select * from bookingdb.metrics_of_health()
      union all
      select * from bookingdb.metrics_of_upkeep()
      union all
      select * from bookingdb.metrics_of_server()
    ) m
    left join bookingdb.metric_catalog() c on c.name = m.name
   order by m.name, m.labels;
end $$;
comment on function bookingdb.metrics is 'All that monitoring wants to know, a row for each sample.';

commit;
