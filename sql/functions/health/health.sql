begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- health_checks() as one document: {"status", "checked_at", "checks": [...]}, where the status
-- is that of the gravest check.
create function bookingdb.health()
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select jsonb_build_object(
           'status', max(c.severity),
           'checked_at', bookingdb.iso_instant(bookingdb.clock_now()),
           'checks', jsonb_agg(to_jsonb(c) - 'place' order by c.place))
    from (
      select c.*, row_number() over () as place from bookingdb.health_checks() c
    ) c;
end;
comment on function bookingdb.health is 'Whether all is well, as one document.';

commit;
