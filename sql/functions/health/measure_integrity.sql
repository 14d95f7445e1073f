begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What check_integrity() found when it last ran, and whether that was more than eight days ago.
create function bookingdb.measure_integrity()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select (
             coalesce(r.finding_count, 0),
             case when r.started_at is null then 'check_integrity() has not been run yet.'
               else format('check_integrity() ran at %s and found %s.', date_trunc('second', r.started_at),
                           case r.finding_count when 0 then 'nothing' else r.finding_count::text end) end,
             'select bookingdb.run_integrity_check() looks anew; bookingdb check lists what is found.',
             case when coalesce(r.started_at, b.since) < bookingdb.clock_now() - interval '8 days'
                  then 'warning' end::bookingdb.health_severity)::bookingdb.health_reading
      from (select min(b.created_at) from bookingdb.businesses b) as b (since)
      left join lateral (
        select * from bookingdb.integrity_runs r order by r.started_at desc limit 1
      ) r on true);
end $$;
comment on function bookingdb.measure_integrity is 'What check_integrity() found when it last ran.';

commit;
