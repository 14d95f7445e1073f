begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The changes from p_from to before p_to (NULL: now) that an endpoint should have been sent and
-- was not, or not yet: not relayed, pending, dead. No row: every committed change has been
-- delivered to every endpoint that subscribes to it. What may have been purged is not looked
-- at.
-- Raises ZB012 for a p_from after p_to.
create function bookingdb.reconcile(
  p_from timestamptz,
  p_to timestamptz default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  event_at timestamptz, event_type text, booking_id uuid, booking_version int, endpoint_id uuid,
  url text, webhook_id uuid, state bookingdb.delivery_state, problem text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_from is null or p_from > p_to then
    perform bookingdb.fail('ZB012', format('%s is no time before %s.',
                           coalesce(p_from::text, 'NULL'), coalesce(p_to::text, 'now')), 'p_from');
  end if;
  return query
  select l.created_at, 'booking.' || l.action_type, l.booking_id, l.booking_version,
         e.endpoint_id, e.url, w.webhook_id, d.state,
         case when d.state is null then 'Not relayed yet'
              when d.state = 'dead' then 'All retries failed'
              when e.paused_at is not null then 'The endpoint is paused: ' || e.pause_reason
              when d.claim_id is not null then 'It is being sent'
              when d.retry_count = 0 then 'It has not been its turn yet'
              else format('It waits for retry %s', d.retry_count)
         end
    from bookingdb.booking_audit_log l
    join bookingdb.webhook_endpoints e on e.business_id = l.business_id
   cross join lateral (
     select bookingdb.webhook_id_of(e.endpoint_id, l.id)
     offset 0  -- worked out first, else the policy keeps it from the index
   ) as w (webhook_id)
    left join bookingdb.webhook_deliveries d
      on d.business_id = l.business_id and d.webhook_id = w.webhook_id
   where l.business_id = p_business_id
     and l.created_at >= p_from
     and (p_to is null or l.created_at < p_to)
     and (d.state is not null
          or l.created_at >= (select c.settled_before from bookingdb.relay_cursor c))
     and e.removed_at is null
     and d.state is distinct from 'delivered'
     and (d.state is not null
          or bookingdb.is_subscribed(
               e.event_types, e.subscribed_at, 'booking.' || l.action_type, l.created_at))
   order by l.created_at, l.booking_version, e.endpoint_id;
end $$;
comment on function bookingdb.reconcile is 'The changes that an endpoint should have been sent and was not.';

commit;
