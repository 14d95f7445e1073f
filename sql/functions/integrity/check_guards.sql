begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Guards that somebody took away: triggers and constraints that are missing or switched off, a
-- missing partition for next month, slots whose instant is not what the time zone says.
create function bookingdb.check_guards()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select * from bookingdb.missing_guards()
  union all
  select 'partition_missing', m.name, 'run create_audit_partitions()'
    from (values (0), (1)) as a (months)
   cross join lateral (
     select to_char((bookingdb.clock_now() at time zone 'UTC') + make_interval(months => a.months),
                    '"booking_audit_log_"YYYY_MM')
   ) as m (name)
   where not exists (
     select from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'bookingdb' and c.relname = m.name
   )
  union all
  select 'slot_instant',
         format('%s %s %s', s.business_id, s.date, s.time),
         format('starts_at %s, the clock says %s', s.starts_at, i.instant)
    from bookingdb.time_slots s
    join bookingdb.businesses b using (business_id)
   cross join lateral (select bookingdb.instant_of(s.date + s.time, b.time_zone)) as i (instant)
   where (s.starts_at > bookingdb.clock_now()
          or s.date > (bookingdb.clock_now() at time zone b.time_zone)::date)
     and s.starts_at <> i.instant;
end;
comment on function bookingdb.check_guards is 'Triggers and constraints that are switched off, and what only they keep right.';

commit;
