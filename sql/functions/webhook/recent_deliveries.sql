begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deliveries and their last attempt, the newest first; what is NULL restricts nothing.
-- Raises ZB012 for a p_limit that is not from 1 to 10000.
create function bookingdb.recent_deliveries(
  p_endpoint_id uuid default null,
  p_state bookingdb.delivery_state default null,
  p_booking_id uuid default null,
  p_limit int default 100,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  webhook_id uuid, endpoint_id uuid, url text, event_type text, event_at timestamptz,
  booking_id uuid, booking_version int, state bookingdb.delivery_state, due_at timestamptz,
  finished_at timestamptz, processed_at timestamptz, attempt_count int, status int,
  error bookingdb.webhook_error, answer text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[] := bookingdb.delivery_ids_of(p_booking_id, p_business_id);
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 10000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  return query
  select d.webhook_id, d.endpoint_id, e.url, d.event_type, d.event_at, d.booking_id,
         d.booking_version, d.state, d.due_at, d.finished_at, d.processed_at, d.attempt_count,
         a.status, a.error, a.answer
    from (
      select *
        from bookingdb.webhook_deliveries l
       where l.business_id = p_business_id
         and (p_endpoint_id is null or l.endpoint_id = p_endpoint_id)
         and (p_state is null or l.state = p_state)
         and (v_ids is null or l.webhook_id = any (v_ids))
       order by l.created_at desc, l.event_at desc, l.booking_version desc
       limit p_limit
    ) d
    join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
    left join lateral (
      select t.status, t.error, t.answer
        from bookingdb.webhook_attempts t
       where t.business_id = d.business_id
         and t.webhook_id = d.webhook_id
       order by t.attempt_number desc
       limit 1
    ) a on true
   order by d.created_at desc, d.event_at desc, d.booking_version desc;
end $$;
comment on function bookingdb.recent_deliveries is 'Deliveries and their last attempt, the newest first.';

commit;
