begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots that watch_overbooking() found with more bookings than they have places for.
create function bookingdb.measure_overbooked()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'No slot is overbooked.'
             else format('Overbooked slots: %s, the first since %s: business %s, %s.', count(*),
                         date_trunc('second', min(a.raised_at)),
                         (array_agg(a.business_id order by a.raised_at))[1],
                         (array_agg(a.date + a.time order by a.raised_at))[1]) end,
           'bookingdb calendar shows who is in the slot: move or cancel bookings with bookingdb move or'
           ' bookingdb cancel until it fits; bookingdb check tells which guard failed.',
           null)::bookingdb.health_reading
    from bookingdb.alarms a
   where a.name = 'overbooked'
     and a.cleared_at is null;
end;
comment on function bookingdb.measure_overbooked is 'Slots that are overbooked.';

commit;
