begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The id of an event's delivery to an endpoint: always the same, and no two have the same.
create function bookingdb.webhook_id_of(p_endpoint_id uuid, p_event_id uuid)
returns uuid
language sql
immutable
parallel safe
begin atomic
  select encode(substring(sha256(uuid_send(p_endpoint_id) || uuid_send(p_event_id)) for 16), 'hex')::uuid;
end;
comment on function bookingdb.webhook_id_of is 'The id of an event''s delivery to an endpoint.';

commit;
