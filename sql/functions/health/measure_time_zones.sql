begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots whose instant is not what the clocks of their business will show, as when the data of
-- time zones are new: those of the last run of check_integrity(), and of now the last slot of
-- each business.
create function bookingdb.measure_time_zones()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           greatest(count(*), coalesce(bookingdb.last_findings('slot_instant'), 0)),
           case when greatest(count(*), bookingdb.last_findings('slot_instant')) > 0
             then 'Slots begin at another instant than the clock of their business says.'
             else 'The slots begin when the clocks of their businesses say so.' end,
           'bookingdb refresh --all moves them; then select bookingdb.run_integrity_check().',
           null)::bookingdb.health_reading
    from bookingdb.businesses b
   cross join lateral (
     select s.date, s.time, s.starts_at
       from bookingdb.time_slots s
      where s.business_id = b.business_id
      order by s.starts_at desc
      limit 1
   ) s
   where s.starts_at > bookingdb.clock_now()
     and s.starts_at <> bookingdb.instant_of(s.date + s.time, b.time_zone);
end;
comment on function bookingdb.measure_time_zones is 'Slots whose instant is not what the clocks say.';

commit;
