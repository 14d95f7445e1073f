begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes finished deliveries pending again, with all their retries: those that fit everything
-- that is not NULL. What was discarded stays so.
-- Locks: the endpoints, then the deliveries.
-- Returns them. Raises ZB016 when there is no such endpoint.
create function bookingdb.send_again(
  p_endpoint_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_webhook_ids uuid[],
  p_state bookingdb.delivery_state,
  p_business_id uuid
)
returns setof bookingdb.webhook_deliveries
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_endpoint_id is not null then
    perform bookingdb.lock_endpoint(p_endpoint_id, p_business_id);
  else
    -- No stronger: who pauses one of them tells the others, with that one locked.
    perform
       from bookingdb.webhook_endpoints e
      where e.business_id = p_business_id
      order by e.endpoint_id
        for no key update;
  end if;
  return query
    update bookingdb.webhook_deliveries d
       set state = 'pending',
           due_at = bookingdb.clock_now(),
           finished_at = null,
           retry_count = 0
      from bookingdb.webhook_endpoints e
     where d.business_id = p_business_id
       and (p_endpoint_id is null or d.endpoint_id = p_endpoint_id)
       and (p_from is null or d.event_at >= p_from)
       and (p_to is null or d.event_at < p_to)
       and (p_webhook_ids is null or d.webhook_id = any (p_webhook_ids))
       and d.state in ('delivered', 'dead')
       and (p_state is null or d.state = p_state)
       and e.business_id = d.business_id
       and e.endpoint_id = d.endpoint_id
       and e.removed_at is null
    returning d.*;
  perform bookingdb.wake_dispatcher();
end $$;
comment on function bookingdb.send_again is 'Makes finished deliveries pending again.';

commit;
