begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deliveries that refer to what is not there, or can never be sent: the queue has no foreign
-- keys.
create function bookingdb.check_webhooks()
returns table (check_name text, object text, detail text)
language sql
stable
begin atomic
  select 'delivery_without_endpoint', format('%s %s', d.business_id, d.webhook_id),
         format('endpoint %s', d.endpoint_id)
    from bookingdb.webhook_deliveries d
   where not exists (
     select from bookingdb.webhook_endpoints e
      where e.business_id = d.business_id and e.endpoint_id = d.endpoint_id
   )
  union all
  select 'delivery_without_payload', format('%s %s', d.business_id, d.webhook_id), d.state::text
    from bookingdb.webhook_deliveries d
   where not exists (
     select from bookingdb.webhook_payloads p
      where p.business_id = d.business_id and p.webhook_id = d.webhook_id
   )
  union all
  select 'delivery_to_removed_endpoint', format('%s %s', d.business_id, d.webhook_id), e.url
    from bookingdb.webhook_deliveries d
    join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
   where d.state = 'pending'
     and e.removed_at is not null
  union all
  select 'endpoint_without_secret', format('%s %s', e.business_id, e.endpoint_id), e.url
    from bookingdb.webhook_endpoints e
   where e.removed_at is null
     and not exists (
       select from bookingdb.webhook_secrets s
        where s.business_id = e.business_id
          and s.endpoint_id = e.endpoint_id
          and s.header_name is null
          and s.expires_at is null
     )
  union all
  select 'endpoint_without_health', format('%s %s', e.business_id, e.endpoint_id), e.url
    from bookingdb.webhook_endpoints e
   where not exists (
     select from bookingdb.webhook_endpoint_health h
      where h.business_id = e.business_id and h.endpoint_id = e.endpoint_id
   )
  union all
  select 'relay_cursor_missing', 'relay_cursor', 'it must have one row'
   where not exists (select from bookingdb.relay_cursor);
end;
comment on function bookingdb.check_webhooks is 'Deliveries that refer to what is not there, or can never be sent.';

commit;
