begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The legal moves between statuses; from NULL are those in which a booking may begin.
-- A cancelled booking never comes back. An expired hold may have its place again, if it is
-- free; completed and no_show can be corrected into each other.
create function bookingdb.status_moves()
returns table (from_status bookingdb.booking_status, to_status bookingdb.booking_status)
language sql
immutable
parallel safe
begin atomic
  select m.from_status::bookingdb.booking_status, m.to_status::bookingdb.booking_status
    from (values
      (null, 'waiting'),
      (null, 'held'),
      (null, 'confirmed'),
      ('waiting', 'held'),
      ('waiting', 'cancelled'),
      ('waiting', 'expired'),
      ('held', 'confirmed'),
      ('held', 'cancelled'),
      ('held', 'expired'),
      ('expired', 'held'),
      ('expired', 'confirmed'),
      ('confirmed', 'cancelled'),
      ('confirmed', 'completed'),
      ('confirmed', 'no_show'),
      ('completed', 'no_show'),
      ('no_show', 'completed')
    ) as m (from_status, to_status);
end;
comment on function bookingdb.status_moves is 'The legal moves between the statuses of a booking; from NULL where one may begin.';

commit;
