begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots from p_from to p_to that have not begun and cannot be booked at p_now, not even for
-- one bouquet, with the weightiest reason, as slot_refusals() gives it.
create function bookingdb.closed_slots(
  p_from date, p_to date, p_now timestamptz, p_business_id uuid
)
returns table (date date, "time" time, code text, policy text)
language sql
stable
begin atomic
  select s.date, s.time, r.code, r.policy
    from bookingdb.time_slots s
    left join bookingdb.available_slots(p_from, p_to, p_business_id => p_business_id) a
      on a.date = s.date
     and a.time = s.time
   cross join lateral (
     select f.code, f.policy
       from bookingdb.slot_refusals(p_business_id, s.date, s.time, 1, p_now) f
      limit 1
   ) r
   where s.business_id = p_business_id
     and s.date between p_from and p_to
     and s.starts_at > p_now
     and a.date is null;
end;
comment on function bookingdb.closed_slots is 'The slots that cannot be booked now, and why.';

commit;
