begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Bookings whose audit rows are not exactly the versions from 1 to theirs, the last of them
-- with the row as it is now; audit rows of no partition's month.
create function bookingdb.check_audit()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select 'audit_versions',
         format('%s %s', b.business_id, b.booking_id),
         format('version %s, audit rows %s from %s to %s', b.version, coalesce(l.count, 0),
                coalesce(l.first::text, '-'), coalesce(l.last::text, '-'))
    from bookingdb.bookings b
    left join (
      select a.business_id, a.booking_id, count(*) as count,
             min(a.booking_version) as first, max(a.booking_version) as last
        from bookingdb.booking_audit_log a
       group by a.business_id, a.booking_id
    ) l using (business_id, booking_id)
   where (l.count, l.first, l.last) is distinct from (b.version::bigint, 1, b.version)
     and not exists (  -- nor if its first rows were dropped with their month
       select
         from bookingdb.relay_cursor c
        where b.created_at < c.dropped_before
          and (l.count = l.last - l.first + 1 and l.last = b.version
               or l.count is null and b.updated_at < c.dropped_before)
     )
     and not exists (  -- nor if it came from another business
       select
         from bookingdb.booking_audit_log a
        where a.booking_id = b.booking_id
       having (count(*), min(a.booking_version), max(a.booking_version))
              = (b.version::bigint, 1, b.version)
     )
  union all
  select 'audit_latest',
         format('%s %s', b.business_id, b.booking_id),
         format('version %s differs from its audit row', b.version)
    from bookingdb.bookings b
    join bookingdb.booking_audit_log a
      on a.business_id = b.business_id
     and a.booking_id = b.booking_id
     and a.booking_version = b.version
   where not bookingdb.agree(a.new_values, to_jsonb(b))
  union all
  select 'audit_partition',
         to_char(d.created_at at time zone 'UTC', 'YYYY-MM'),
         format('%s rows in the default partition', count(*))
    from bookingdb.booking_audit_log_default d
   group by 2;
end;
comment on function bookingdb.check_audit is 'Bookings whose audit rows have a gap or differ from them.';

commit;
