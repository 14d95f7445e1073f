begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots whose counters were not what a recount gives when check_integrity() last ran.
create function bookingdb.measure_counters()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           coalesce(f.count, 0),
           case when f.count > 0 then format('Slots whose counters disagree with their bookings: %s.', f.count)
             when f.count = 0 then 'The counters of the slots agree with the bookings.'
             else 'The counters have not been recounted yet.' end,
           'bookingdb check shows which; select * from bookingdb.repair_counters() puts them right.',
           null)::bookingdb.health_reading
    from bookingdb.last_findings('slot_counters') as f (count);
end;
comment on function bookingdb.measure_counters is 'Slots whose counters are wrong.';

commit;
