begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What happened to bookings in the last hour.
create function bookingdb.metrics_of_changes(p_listed uuid[])
returns table (name text, labels jsonb, value double precision)
language sql
stable
begin atomic
  with limits as (
    select bookingdb.clock_now() as now, interval '1 hour' as span, 5000 as most
  ),
  changes as materialized (
    select bookingdb.business_label(c.business_id, p_listed) as label, c.action_type, c.created_at
      from limits l
     cross join lateral bookingdb.recent_changes(l.now - l.span, l.most) c
  ),
  labels as (
    select c.label from changes c
    union
    select jsonb '{}' where cardinality(p_listed) = 0
  )
  select 'bookingdb_recent_changes', l.label || jsonb_build_object('action', a.action), count(c)
    from labels l
   cross join unnest(enum_range(null::bookingdb.booking_action)) as a (action)
    left join changes c on c.label = l.label and c.action_type = a.action
   group by l.label, a.action
  union all
  select 'bookingdb_recent_window_seconds',
         jsonb '{"of": "changes"}',
         extract(epoch from case when count(c) < l.most then l.span
                                 else l.now - min(c.created_at) end)
    from limits l
    left join changes c on true
   group by l.now, l.span, l.most;
end;
comment on function bookingdb.metrics_of_changes is 'Metrics: what happened to bookings in the last hour.';

commit;
