begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The deliveries of an endpoint that are due by then, the longest due first: not before an
-- earlier version of the same booking is done, and not of a pass that is under way.
create function bookingdb.due_deliveries(
  p_business_id uuid,
  p_endpoint_id uuid,
  p_by timestamptz,
  p_limit int
)
returns table (webhook_id uuid, due_at timestamptz)
language sql
stable
begin atomic
  select d.webhook_id, d.due_at
    from bookingdb.webhook_deliveries d
   where d.business_id = p_business_id
     and d.endpoint_id = p_endpoint_id
     and d.state = 'pending'
     and d.due_at <= p_by
     and d.relay_pass < (select c.relay_pass from bookingdb.relay_cursor c)
     and not exists (
       select from bookingdb.webhook_deliveries earlier
        where earlier.business_id = d.business_id
          and earlier.endpoint_id = d.endpoint_id
          and earlier.booking_id = d.booking_id
          and earlier.booking_version < d.booking_version
          and earlier.finished_at is null
       offset 0  -- one look into the index each, whatever the statistics say
     )
   order by d.due_at
   limit p_limit;
end;
comment on function bookingdb.due_deliveries is 'The deliveries of an endpoint that are due.';

commit;
