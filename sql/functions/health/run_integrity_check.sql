begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Runs check_integrity() and keeps what it found in integrity_runs, for health() to read; what
-- is older than 90 days goes. It reads everything: run it when it is quiet.
-- Returns the number of findings. Raises 42501 for a login that is bound to businesses.
create function bookingdb.run_integrity_check()
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_started_at constant timestamptz := bookingdb.clock_now();
  v_run bookingdb.integrity_runs;
begin
  perform bookingdb.refuse_bound('run_integrity_check()');
  with found as materialized (
    select f.*, row_number() over () as place from bookingdb.check_integrity() f
  )
  insert into bookingdb.integrity_runs (started_at, duration, finding_count, counts, findings)
  select v_started_at, '0', (select count(*) from found),
         (select coalesce(jsonb_object_agg(c.check_name, c.count), jsonb_build_object())
            from (select f.check_name, count(*) as count from found f group by f.check_name) c),
         (select coalesce(jsonb_agg(to_jsonb(f) - 'place' order by f.place), jsonb_build_array())
            from found f
           where f.place <= 100)
  returning * into v_run;
  update bookingdb.integrity_runs r
     set duration = bookingdb.clock_now() - v_started_at
   where (r.started_at, r.run_id) = (v_run.started_at, v_run.run_id);
  delete from bookingdb.integrity_runs r where r.started_at < v_started_at - interval '90 days';
  return v_run.finding_count;
end $$;
comment on function bookingdb.run_integrity_check is 'Runs check_integrity() and keeps what it found.';

commit;
