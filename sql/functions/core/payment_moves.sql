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
  select m.from_status::bookingdb.payment_status, m.to_status::bookingdb.payment_status
    from (values
      (null, 'pending'),
      (null, 'paid'),
      (null, 'failed'),
      ('pending', 'paid'),
      ('pending', 'failed'),
      ('failed', 'pending'),
      ('failed', 'paid'),
      ('paid', 'refunded')
    ) as m (from_status, to_status);
end;
comment on function bookingdb.payment_moves is 'The legal moves between payment statuses; from NULL where a booking may begin.';

commit;
