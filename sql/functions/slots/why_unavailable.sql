begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why a slot cannot be booked now for p_bouquets: every reason, the weightiest first, as the
-- code that create_booking_safe would raise and a sentence. No row: it can be booked.
-- Raises ZB012: NULL, p_bouquets below 1.
create function bookingdb.why_unavailable(
  p_date date,
  p_time time,
  p_bouquets int default 1,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (code text, reason text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_date is null or p_time is null or coalesce(p_bouquets, 0) < 1 then
    perform bookingdb.fail('ZB012', 'Date, time and at least 1 bouquet are required.',
                           'p_date, p_time, p_bouquets');
  end if;
  return query
    select r.code, format('%s: %s', e.message, r.detail)
      from bookingdb.slot_refusals(p_business_id, p_date, p_time, p_bouquets, bookingdb.clock_now())
           with ordinality as r (code, subject, detail, policy, place)
      join bookingdb.error_catalog() e
        on e.code = r.code
     order by r.place;
end $$;
comment on function bookingdb.why_unavailable is 'Why a slot cannot be booked now; no row when it can.';

commit;
