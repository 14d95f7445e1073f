begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- For how long the oldest change has not been relayed, and how many are not. Without an
-- endpoint nothing has to be.
create function bookingdb.measure_relay_lag()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cursor bookingdb.relay_cursor;
  v_count bigint;
  v_oldest_at timestamptz;
  v_seconds numeric;
begin
  select * into strict v_cursor from bookingdb.relay_cursor;
  if not exists (select from bookingdb.webhook_endpoints e where e.removed_at is null) then
    return (0, 'There is no endpoint: nothing has to be relayed.', null, null)::bookingdb.health_reading;
  elsif v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return (null, 'Unknown before the relay has run on this server; see restored.', null, null
           )::bookingdb.health_reading;
  end if;
  select b.change_count, b.oldest_at into v_count, v_oldest_at from bookingdb.unseen_backlog(v_cursor) b;
  v_seconds := round(greatest(extract(epoch from bookingdb.clock_now() - v_oldest_at), 0));
  return (
    v_seconds,
    case v_count when 0 then 'Every change is relayed.'
      else format('Changes that are not relayed yet: %s%s, the oldest for %s seconds.', v_count,
                  case when v_count >= 1000 then ' or more' end, v_seconds) end,
    'bookingdb dispatch relays and sends: see that it runs, or why it stopped.',
    null)::bookingdb.health_reading;
end $$;
comment on function bookingdb.measure_relay_lag is 'How far the relay is behind the audit log.';

commit;
