begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What holds that have run out still count in the slots of a range of dates, until they are
-- swept.
create function bookingdb.expired_holds(p_business_id uuid, p_from date, p_to date, p_now timestamptz)
returns table (date date, "time" time, hold_count int, hold_bouquets int)
language sql
stable
begin atomic
  select b.date, b.time, count(*)::int, sum(b.bouquets)::int
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.status = 'held'
     and b.hold_expires_at <= p_now
     and b.date between p_from and p_to
   group by b.date, b.time;
end;
comment on function bookingdb.expired_holds is 'What holds that have run out still count in the slots of a range of dates.';

commit;
