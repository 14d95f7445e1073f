begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Queues changes of bookings for every endpoint that subscribes to them, where they are not
-- queued yet. A change that follows one whose retry is scheduled is due no earlier: it could
-- not be sent anyway, and is not looked at in vain.
-- Locks: deliveries of earlier versions that wait for a retry, so that who finishes one of
-- them sees what was queued after it; those that are locked already are passed over.
create function bookingdb.queue_changes(
  p_changes bookingdb.booking_audit_log[],
  p_relay_pass bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  with endpoint as materialized (
    select e.*, bookingdb.hidden_columns(e.fields) as hidden
      from bookingdb.webhook_endpoints e
     where e.business_id = any (select c.business_id from unnest(p_changes) as c)
       and e.removed_at is null
  ),
  planned as materialized (
    select bookingdb.webhook_id_of(e.endpoint_id, c.id) as webhook_id, c as change,
           e.endpoint_id, e.profile, e.fields, e.hidden
      from unnest(p_changes) as c
      join endpoint e on e.business_id = c.business_id
     where bookingdb.is_subscribed(
             e.event_types, e.subscribed_at, 'booking.' || c.action_type, c.created_at)
  ),
  queued as (
    insert into bookingdb.webhook_deliveries (
      business_id, webhook_id, endpoint_id, event_id, event_type, event_at, booking_id,
      booking_version, relay_pass, due_at
    )
    select (p.change).business_id, p.webhook_id, p.endpoint_id, (p.change).id,
           'booking.' || (p.change).action_type, (p.change).created_at, (p.change).booking_id,
           (p.change).booking_version, p_relay_pass,
           greatest(before.due_at, bookingdb.clock_now())
      from planned p
      left join lateral (
        select d.due_at
          from bookingdb.webhook_deliveries d
         where d.business_id = (p.change).business_id
           and d.endpoint_id = p.endpoint_id
           and d.booking_id = (p.change).booking_id
           and d.finished_at is null
           and d.claim_id is null
         order by d.booking_version desc
         limit 1
           for share skip locked
      ) before on true
    on conflict (webhook_id, business_id) do nothing
  )
  -- Not joined to what was queued: nobody can know how many there are, and the planner would
  -- compare each with each.
  insert into bookingdb.webhook_payloads (business_id, webhook_id, payload)
  select (p.change).business_id, p.webhook_id,
         bookingdb.booking_payload(p.change, p.profile, p.fields, p.hidden)
    from planned p
  on conflict (webhook_id, business_id) do nothing;
end $$;
comment on function bookingdb.queue_changes is 'Queues changes of bookings for every endpoint that subscribes to them.';

commit;
