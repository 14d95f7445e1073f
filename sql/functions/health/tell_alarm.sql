begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tells of an alarm: the webhooks of the business, and who listens to the channel
-- bookingdb_alarm, with no word of the business, since any login may listen.
create function bookingdb.tell_alarm(p_event_type text, p_alarm bookingdb.alarms)
returns void
language plpgsql
as $$
begin
  perform pg_notify('bookingdb_alarm', jsonb_build_object(
    'type', p_event_type, 'name', p_alarm.name, 'alarm_id', p_alarm.alarm_id)::text);
  perform bookingdb.queue_event(p_alarm.business_id, p_event_type, jsonb_build_object(
    'alarm', to_jsonb(p_alarm) - 'business_id' || jsonb_build_object(
      'raised_at', bookingdb.iso_instant(p_alarm.raised_at),
      'cleared_at', bookingdb.iso_instant(p_alarm.cleared_at))), null);
end $$;
comment on function bookingdb.tell_alarm is 'Tells of an alarm, by NOTIFY and by webhook.';

commit;
