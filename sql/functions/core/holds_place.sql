begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for the statuses that occupy a place in their slot.
create function bookingdb.holds_place(p_status bookingdb.booking_status)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select p_status in ('held', 'confirmed', 'completed', 'no_show');
end;
comment on function bookingdb.holds_place is 'True for the statuses that occupy a place in their slot.';

commit;
