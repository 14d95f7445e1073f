begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Endpoints whose deliveries wait, because staff or failures paused them.
create function bookingdb.measure_paused_endpoints()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'No endpoint is paused.'
             else format('Paused endpoints: %s, the longest since %s; their events queue up.', count(*),
                         date_trunc('second', min(e.paused_at))) end,
           'bookingdb webhooks list shows why; bookingdb webhooks resume lets their deliveries go on.',
           null)::bookingdb.health_reading
    from bookingdb.webhook_endpoints e
   where e.removed_at is null
     and e.paused_at is not null;
end;
comment on function bookingdb.measure_paused_endpoints is 'Endpoints whose deliveries wait.';

commit;
