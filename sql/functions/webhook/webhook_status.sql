begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The endpoints of a business, how each does, and what waits for it.
create function bookingdb.webhook_status(
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  endpoint_id uuid, url text, description text, profile bookingdb.webhook_profile,
  event_types text[], paused_at timestamptz, pause_reason text, failing_since timestamptz,
  resting_until timestamptz, pending_count bigint, oldest_pending_at timestamptz,
  dead_count bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select e.endpoint_id, e.url, e.description, e.profile, e.event_types, e.paused_at,
         e.pause_reason, h.failing_since, h.resting_until, p.count, p.oldest, x.count
    from bookingdb.webhook_endpoints e
    join bookingdb.webhook_endpoint_health h using (business_id, endpoint_id)
   cross join lateral (
     select count(*), min(d.event_at)
       from bookingdb.webhook_deliveries d
      where d.business_id = e.business_id
        and d.endpoint_id = e.endpoint_id
        and d.state = 'pending'
   ) as p (count, oldest)
   cross join lateral (
     select count(*)
       from bookingdb.webhook_deliveries d
      where d.business_id = e.business_id
        and d.endpoint_id = e.endpoint_id
        and d.state = 'dead'
   ) as x (count)
   where e.business_id = p_business_id
     and e.removed_at is null
   order by e.created_at, e.endpoint_id;
end;
comment on function bookingdb.webhook_status is 'The endpoints of a business, how each does, and what waits for it.';

commit;
