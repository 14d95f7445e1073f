begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who was told of the changes of a booking, by the version that each gave it: the deliveries of
-- delivery_trail() with their attempts, as dispute_file() has them.
create function bookingdb.dispute_deliveries(
  p_booking_id uuid, p_business_id uuid, p_time_zone text
)
returns table (booking_version int, deliveries jsonb)
language sql
stable
begin atomic
  select d.booking_version, jsonb_agg(d.delivery order by d.place)
    from (
      select t.booking_version, min(t.place) as place,
             jsonb_build_object(
               'webhook_id', t.webhook_id, 'endpoint_id', t.endpoint_id, 'url', t.url,
               'state', t.state, 'due_at', bookingdb.iso_instant(t.due_at),
               'finished_at', bookingdb.iso_instant(t.finished_at),
               'processed_at', bookingdb.iso_instant(t.processed_at),
               'attempts', coalesce(jsonb_agg(
                 jsonb_build_object(
                   'attempt_number', t.attempt_number,
                   'started_at', bookingdb.iso_instant(t.started_at),
                   'started_at_local', bookingdb.local_instant(t.started_at, p_time_zone),
                   'seconds', extract(epoch from t.duration), 'status', t.status,
                   'error', t.error, 'answer', t.answer)
                 order by t.attempt_number) filter (where t.attempt_number is not null), '[]')
             ) as delivery
        from (
          select e.*, row_number() over () as place
            from bookingdb.delivery_trail(p_booking_id, p_business_id) e
        ) t
       where t.webhook_id is not null
       group by t.booking_version, t.webhook_id, t.endpoint_id, t.url, t.state, t.due_at,
                t.finished_at, t.processed_at
    ) d
   group by d.booking_version;
end;
comment on function bookingdb.dispute_deliveries is 'Who was told of the changes of a booking, for a dispute.';

commit;
