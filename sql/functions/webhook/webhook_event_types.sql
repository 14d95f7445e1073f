begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Every event that is sent by webhook.
create function bookingdb.webhook_event_types()
returns table (event_type text)
language sql
immutable
parallel safe
begin atomic
  select 'booking.' || a from unnest(enum_range(null::bookingdb.booking_action)) as a
  union all
  values ('alarm.raised'), ('alarm.cleared'), ('audit.sealed'), ('endpoint.paused'), ('webhook.test');
end;
comment on function bookingdb.webhook_event_types is 'Every event that is sent by webhook.';

commit;
