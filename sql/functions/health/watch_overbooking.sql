begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Recounts the slots that are not over, and raises an alarm for each that is overbooked: a row
-- of alarms, a NOTIFY to the channel bookingdb_alarm, the event alarm.raised to the webhooks
-- of the business. Once an incident; when it is over, alarm.cleared tells. The constraints
-- exclude overbooking as long as nobody gets round them: this looks whether anybody has. Call
-- it every few seconds; as long as there is nothing to tell, it reads only. Locks: the alarms
-- that it raises or clears, and endpoints of their businesses. Returns how many slots are
-- overbooked. Raises 42501 for a login that is bound to businesses.
create function bookingdb.watch_overbooking()
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set jit = off
as $$
declare
  v_found bookingdb.alarms[];
  v_alarm bookingdb.alarms;
begin
  perform bookingdb.refuse_bound('watch_overbooking()');
  v_found := array(select f from bookingdb.overbooked_slots() f);
  for v_alarm in
    insert into bookingdb.alarms
    select f.* from unnest(v_found) f
    on conflict (business_id, name, date, time) where cleared_at is null do nothing
    returning *
  loop
    perform bookingdb.tell_alarm('alarm.raised', v_alarm);
  end loop;
  for v_alarm in
    update bookingdb.alarms a
       set cleared_at = bookingdb.clock_now()
     where a.name = 'overbooked'
       and a.cleared_at is null
       and not exists (
         select from unnest(v_found) f
          where (f.business_id, f.date, f.time) = (a.business_id, a.date, a.time)
       )
    returning *
  loop
    perform bookingdb.tell_alarm('alarm.cleared', v_alarm);
  end loop;
  return cardinality(v_found);
end $$;
comment on function bookingdb.watch_overbooking is 'Recounts the slots that are not over, and raises an alarm for each that is overbooked.';

commit;
