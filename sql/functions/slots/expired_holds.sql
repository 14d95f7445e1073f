begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What holds that have run out still count in the slots of a range of dates, until they are
-- swept; less what the waiting list will be offered of it.
create function bookingdb.expired_holds(p_business_id uuid, p_from date, p_to date, p_now timestamptz)
returns table (date date, "time" time, hold_count int, hold_bouquets int)
language sql
stable
begin atomic
  select h.date, h.time, h.hold_count - w.waiter_count, h.hold_bouquets - w.waiter_bouquets
    from (
      select b.date, b.time, count(*)::int as hold_count, sum(b.bouquets)::int as hold_bouquets
        from bookingdb.bookings b
       where b.business_id = p_business_id
         and b.status = 'held'
         and b.hold_expires_at <= p_now
         and b.date between p_from and p_to
       group by b.date, b.time
    ) h
    join bookingdb.time_slots s
      on s.business_id = p_business_id
     and s.date = h.date
     and s.time = h.time
   cross join lateral (
     select count(*)::int as waiter_count, coalesce(sum(f.bouquets), 0)::int as waiter_bouquets
       from bookingdb.fitting_waiters(
              p_business_id, h.date, h.time, s.max_bookings - s.booked_count + h.hold_count,
              s.max_bouquets - s.booked_bouquets + h.hold_bouquets) f
      where s.waiting_count > 0
   ) w;
end;
comment on function bookingdb.expired_holds is 'What holds that have run out still count in the slots of a range of dates.';

commit;
