begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- No booking is made for, or moved to, a day before yesterday in the business's time zone
-- (23514, no_past_bookings). No CHECK: that would make old rows unchangeable, and a dump of
-- them impossible to restore.
create function bookingdb.check_not_past(p_business_id uuid, p_date date)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_zone text := coalesce(
    (select b.time_zone from bookingdb.businesses b where b.business_id = p_business_id), 'UTC');
  v_today date := (bookingdb.clock_now() at time zone v_zone)::date;
begin
  if p_date < v_today - 1 then
    raise exception using
      errcode = 'check_violation',
      message = format('Booking date %s is in the past', p_date),
      detail = format('It is %s in %s; yesterday is the earliest.', v_today, v_zone),
      schema = 'bookingdb', table = 'bookings', constraint = 'no_past_bookings';
  end if;
end $$;
comment on function bookingdb.check_not_past is 'no_past_bookings: yesterday is the earliest date of a new booking.';

commit;
