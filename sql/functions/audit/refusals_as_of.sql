begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why p_bouquets could not be booked in a slot at p_at, the weightiest reason first: what
-- slot_refusals() said then. That one reads the tables, and each booking pays for it; so the
-- rules stand in both, and a test holds them together.
create function bookingdb.refusals_as_of(
  p_business bookingdb.businesses, p_slot bookingdb.time_slots, p_date date, p_time time,
  p_bouquets int, p_at timestamptz, p_booked int, p_bookings_left int, p_bouquets_left int
)
returns table (code text, detail text)
language sql
stable
begin atomic
  select r.code, r.detail
    from (select (p_at at time zone p_business.time_zone)::date + p_business.horizon_days) as h (last_date)
   cross join lateral (values
     (p_slot.date is null, 'ZB001', format('There was no slot on %s at %s.', p_date, p_time)),
     (p_slot.is_legacy, 'ZB004', format(
       'The slot on %s at %s was not in the schedule any more.', p_date, p_time)),
     (p_slot.starts_at <= p_at + p_business.lead_time, 'ZB005', format(
       'The slot on %s at %s closed for booking at %s.', p_date, p_time,
       p_slot.starts_at - p_business.lead_time)),
     (p_date > h.last_date, 'ZB005', format(
       '%s was beyond %s, the last date that was open.', p_date, h.last_date)),
     (p_bookings_left < 1, 'ZB002', format(
       'The slot on %s at %s had %s of %s bookings.', p_date, p_time, p_booked,
       p_slot.max_bookings)),
     (p_bouquets_left < p_bouquets, 'ZB003', format(
       'The slot on %s at %s had %s of %s bouquets left, not %s.', p_date, p_time,
       p_bouquets_left, p_slot.max_bouquets, p_bouquets))
   ) as r (is_so, code, detail)
   where r.is_so;
end;
comment on function bookingdb.refusals_as_of is 'Why so many bouquets could not be booked in a slot at an instant.';

commit;
