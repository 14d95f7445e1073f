begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The counters in which two states of a slot differ.
create function bookingdb.differing_counters(
  p_was bookingdb.time_slots,
  p_now bookingdb.time_slots
)
returns table (counter text, was int, now int)
language sql
immutable
begin atomic
  select *
    from (values
      ('booked_count', p_was.booked_count::int, p_now.booked_count::int),
      ('booked_bouquets', p_was.booked_bouquets, p_now.booked_bouquets),
      ('waiting_count', p_was.waiting_count, p_now.waiting_count),
      ('overhang_count', p_was.overhang_count, p_now.overhang_count),
      ('overhang_bouquets', p_was.overhang_bouquets, p_now.overhang_bouquets)
    ) as c (counter, was, now)
   where c.was <> c.now;
end;
comment on function bookingdb.differing_counters is 'The counters in which two states of a slot differ.';

commit;
