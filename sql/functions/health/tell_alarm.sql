begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Tells of an alarm: who listens to the channel bookingdb_alarm, and the webhooks of the
-- business, both with the same words.
create function bookingdb.tell_alarm(p_event_type text, p_alarm bookingdb.alarms)
returns void
language plpgsql
as $$
declare
  v_alarm jsonb := to_jsonb(p_alarm) - 'business_id' || jsonb_build_object(
    'raised_at', bookingdb.iso_instant(p_alarm.raised_at),
    'cleared_at', bookingdb.iso_instant(p_alarm.cleared_at));
begin
  perform pg_notify('bookingdb_alarm', jsonb_build_object(
    'type', p_event_type, 'business_id', p_alarm.business_id, 'alarm', v_alarm)::text);
  perform bookingdb.queue_event(
    p_alarm.business_id, p_event_type, jsonb_build_object('alarm', v_alarm), null);
end $$;
comment on function bookingdb.tell_alarm is 'Tells of an alarm, by NOTIFY and by webhook.';

commit;
