begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- No booking is made for, or moved to, a day before yesterday in the business's time zone
-- (23514, no_past_bookings). A trigger, not a CHECK: that would make old rows unchangeable, and
-- a dump of them impossible to restore.
create function bookingdb.tg_bookings__check_date()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_zone text;
begin
  if new.date >= (v_now at time zone 'UTC')::date then
    return new;  -- nowhere on earth is it two days later than in UTC
  end if;
  select b.time_zone into v_zone
    from bookingdb.businesses b
   where b.business_id = new.business_id;
  if new.date < (v_now at time zone coalesce(v_zone, 'UTC'))::date - 1 then
    raise exception using
      errcode = 'check_violation',
      message = format('Booking date %s is in the past', new.date),
      detail = format('It is %s in %s; yesterday is the earliest.',
                      (v_now at time zone coalesce(v_zone, 'UTC'))::date, coalesce(v_zone, 'UTC')),
      schema = 'bookingdb', table = 'bookings', constraint = 'no_past_bookings';
  end if;
  return new;
end $$;
comment on function bookingdb.tg_bookings__check_date is 'no_past_bookings: yesterday is the earliest date of a new booking.';

commit;
