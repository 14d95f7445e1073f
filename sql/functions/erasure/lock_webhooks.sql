begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks what is needed to change deliveries that exist and to have none come up meanwhile: the
-- endpoints of a business against changes, then the cursor, so that a relay that runs has
-- committed what it read, and the next reads what this transaction leaves.
create function bookingdb.lock_webhooks(p_business_id uuid)
returns void
language plpgsql
as $$
begin
  perform
     from bookingdb.webhook_endpoints e
    where e.business_id = p_business_id
    order by e.endpoint_id
      for key share;
  perform bookingdb.hold_relay();
end $$;
comment on function bookingdb.lock_webhooks is 'Locks the endpoints of a business and the relay.';

commit;
