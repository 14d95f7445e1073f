begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The legal moves between statuses; from NULL are those in which a booking may begin.
create function bookingdb.status_moves()
returns table (from_status bookingdb.booking_status, to_status bookingdb.booking_status)
language sql
immutable
parallel safe
begin atomic
  select f.status, t.status
    from unnest(null::bookingdb.booking_status || enum_range(null::bookingdb.booking_status)) with ordinality as f (status, n)
   cross join unnest(enum_range(null::bookingdb.booking_status)) with ordinality as t (status, n)
   where bookingdb.is_status_move(f.status, t.status)
   order by f.n, t.n;
end;
comment on function bookingdb.status_moves is 'The legal moves between the statuses of a booking; from NULL where one may begin.';

commit;
