begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why p_bouquets cannot be booked in a slot at p_now, the weightiest reason first, as codes of
-- error_catalog() with the figures; policy: what staff may waive. No row: it can. Takes no
-- lock.
create function bookingdb.slot_refusals(
  p_business_id uuid, p_date date, p_time time, p_bouquets int, p_now timestamptz
)
returns table (code text, subject text, detail text, policy text)
language sql
stable
begin atomic
  select r.code, r.subject, r.detail, r.policy
    from (select) one
    left join bookingdb.businesses b
      on b.business_id = p_business_id
    left join bookingdb.time_slots s
      on s.business_id = b.business_id
     and s.date = p_date
     and s.time = p_time
   cross join lateral (
     select case when s.waiting_count > 0 or exists (
       select from bookingdb.bookings h
        where h.business_id = p_business_id and h.status = 'held' and h.hold_expires_at <= p_now
     ) then p_date end
   ) as w (counters_differ_on)
    left join lateral bookingdb.uncounted_places(p_business_id, w.counters_differ_on, p_date, p_now) u
      on u.time = s.time
   cross join lateral (
     values (s.max_bookings - s.booked_count + coalesce(u.booking_count, 0),
             s.max_bouquets - s.booked_bouquets + coalesce(u.bouquet_count, 0),
             (p_now at time zone b.time_zone)::date + b.horizon_days)
   ) as l (bookings, bouquets, last_date)
   cross join lateral (
     values
       (1, 'ZB012', 'p_business_id', null, case when b.business_id is null then
         format('There is no business %s; create_business() makes one.',
                coalesce(p_business_id::text, 'NULL')) end),
       (2, 'ZB001', null, null, case when b.business_id is not null and s.date is null then
         format('There is no slot on %s at %s.', p_date, p_time) end),
       (3, 'ZB004', null, null, case when s.is_legacy then
         format('The slot on %s at %s is not in the schedule any more.', s.date, s.time) end),
       (4, 'ZB005', null, case when s.starts_at > p_now then 'lead_time' end,
         case when s.starts_at <= p_now + b.lead_time then
         format('The slot on %s at %s closed for booking at %s.', s.date, s.time, s.starts_at - b.lead_time) end),
       (5, 'ZB005', null, 'horizon', case when s.date > l.last_date then
         format('%s is beyond %s, the last date that is open.', s.date, l.last_date) end),
       (6, 'ZB002', null, null, case when l.bookings < 1 then
         format('The slot on %s at %s has %s of %s bookings.', s.date, s.time, s.booked_count, s.max_bookings) end),
       (7, 'ZB003', null, null, case when l.bouquets < p_bouquets then
         format('The slot on %s at %s has %s of %s bouquets left, not %s.',
                s.date, s.time, greatest(0, l.bouquets), s.max_bouquets, p_bouquets) end)
   ) as r (rank, code, subject, policy, detail)
   where r.detail is not null
   order by r.rank;
end;
comment on function bookingdb.slot_refusals is 'Why so many bouquets cannot be booked in a slot, the weightiest reason first.';

commit;
