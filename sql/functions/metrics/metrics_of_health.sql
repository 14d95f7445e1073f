begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the checks of health() found.
create function bookingdb.metrics_of_health()
returns table (name text, labels jsonb, value double precision)
language sql
stable
begin atomic
  select v.name, jsonb_build_object('check', c.name) || v.labels, v.value
    from bookingdb.health_checks() c
   cross join lateral (
     values ('bookingdb_health_severity', jsonb '{}',
             case c.severity when 'ok' then 0 when 'warning' then 1 else 2 end::double precision),
            ('bookingdb_health_figure', jsonb_build_object('unit', c.unit), c.figure),
            ('bookingdb_health_remedy_info', jsonb_build_object('remedy', c.remedy),
             case when c.remedy is not null then 1 end)
   ) as v (name, labels, value)
   where v.value is not null;
end;
comment on function bookingdb.metrics_of_health is 'Metrics: what the checks of health() found.';

commit;
