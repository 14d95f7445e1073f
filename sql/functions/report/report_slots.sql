begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots of a range of dates that were offered or are: not legacy, not shut by a limit of 0.
-- occupancy: from 0, empty, to 1, full by the limit that it is nearer to.
create function bookingdb.report_slots(p_from date, p_to date, p_business_id uuid)
returns table (
  date date, hour int, starts_at timestamptz, booked_count int, booked_bouquets int,
  occupancy double precision
)
language sql
stable
begin atomic
  select s.date, extract(hour from s.time)::int, s.starts_at, s.booked_count, s.booked_bouquets,
         least(1, greatest(s.booked_count / nullif(s.max_bookings, 0)::double precision,
                           s.booked_bouquets / nullif(s.max_bouquets, 0)::double precision))
    from bookingdb.time_slots s
   where s.business_id = p_business_id
     and s.date between p_from and p_to
     and not s.is_legacy
     and s.max_bookings > 0
     and s.max_bouquets > 0;
end;
comment on function bookingdb.report_slots is 'The slots of a range of dates that were offered or are, and how full they are.';

commit;
