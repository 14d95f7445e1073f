begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The slots from p_from to p_to that can be booked now for p_bouquets; with p_include_full
-- those too that are open but full. No legacy slot, none inside the lead time or beyond the
-- horizon. A hold that has run out blocks nothing. A hint: the booking itself decides.
-- Raises ZB012: NULL, p_bouquets below 1, p_to before p_from, unknown business.
-- Returns the slots by date and time with what is left in each. as_of: all that was committed
-- by then is in the answer. On a standby it is an instant of the primary, NULL when it cannot
-- tell; elsewhere when the statement began, or with REPEATABLE READ the transaction.
create function bookingdb.available_slots(
  p_from date,
  p_to date,
  p_bouquets int default 1,
  p_include_full boolean default false,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  date date, "time" time, starts_at timestamptz, remaining_bookings int, remaining_bouquets int,
  as_of timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_as_of timestamptz := case
    when pg_is_in_recovery() then bookingdb.replayed_at()
    when current_setting('transaction_isolation') = 'read committed' then statement_timestamp()
    else now()
  end;
  v_after timestamptz;
  v_to date;
  v_counters_differ boolean;
begin
  select v_now + v.lead_time,
         least(p_to, (v_now at time zone v.time_zone)::date + v.horizon_days),
         (v_now >= (
           select min(b.hold_expires_at)
             from bookingdb.bookings b
            where b.business_id = p_business_id and b.status = 'held'
         )) is true or exists (
           select from bookingdb.time_slots s
            where s.business_id = p_business_id and s.date between p_from and p_to and s.waiting_count > 0
         )
    into v_after, v_to, v_counters_differ
    from bookingdb.businesses v
   where v.business_id = p_business_id;
  if not found then
    perform bookingdb.fail_business(p_business_id);
  end if;
  perform bookingdb.check_range(p_from, p_to);
  if p_bouquets is null or p_bouquets < 1 then
    perform bookingdb.fail('ZB012', format('Must be at least 1, not %s.', coalesce(p_bouquets::text, 'NULL')),
                           'p_bouquets');
  end if;
  if not v_counters_differ then  -- as a rule; then a bare scan will do, which is far faster
    return query
      select s.date, s.time, s.starts_at, greatest(0, s.remaining_bookings), greatest(0, s.remaining_bouquets),
             v_as_of
        from bookingdb.offered_slots(p_business_id, v_after, v_to) s
       where s.date >= p_from
         and (p_include_full or (s.remaining_bookings >= 1 and s.remaining_bouquets >= p_bouquets))
       order by s.date, s.time;
    return;
  end if;
  return query
    select s.date, s.time, s.starts_at, greatest(0, s.remaining_bookings), greatest(0, s.remaining_bouquets),
           v_as_of
      from bookingdb.corrected_slots(p_business_id, v_after, p_from, v_to, v_now) s
     where p_include_full
        or (s.remaining_bookings >= 1 and s.remaining_bouquets >= p_bouquets)
     order by s.date, s.time;
end $$;
comment on function bookingdb.available_slots is 'The slots of a range of dates that can be booked now, with what is left in each.';

commit;
