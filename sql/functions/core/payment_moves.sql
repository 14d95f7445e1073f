begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The legal moves between payment statuses; from NULL are those a booking may begin in.
create function bookingdb.payment_moves()
returns table (from_status bookingdb.payment_status, to_status bookingdb.payment_status)
language sql
immutable
parallel safe
begin atomic
  select f.status, t.status
    from unnest(null::bookingdb.payment_status || enum_range(null::bookingdb.payment_status)) with ordinality as f (status, n)
   cross join unnest(enum_range(null::bookingdb.payment_status)) with ordinality as t (status, n)
   where bookingdb.is_payment_move(f.status, t.status)
   order by f.n, t.n;
end;
comment on function bookingdb.payment_moves is 'The legal moves between payment statuses; from NULL where a booking may begin.';

commit;
