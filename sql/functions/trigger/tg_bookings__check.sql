begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Refuses what no booking may be: an illegal move of status or payment (ZB008), a status
-- without what belongs to it (23514, with the name of the rule), a date before yesterday. Not
-- CHECKs: these cannot know the row before, and each statement reads them from the catalog.
create function bookingdb.tg_bookings__check()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken text;
begin
  if new.status is distinct from old.status
    and not bookingdb.is_status_move(old.status, new.status)
  then
    perform bookingdb.check_move(old.status, new.status);
  end if;
  if new.payment_status is distinct from old.payment_status
    and not bookingdb.is_payment_move(old.payment_status, new.payment_status)
  then
    perform bookingdb.fail('ZB008', format('A payment cannot go from %s to %s.',
                           coalesce(old.payment_status::text, 'nothing'), new.payment_status));
  end if;
  -- Nowhere on earth is it two days later than in UTC.
  if new.date is distinct from old.date
    and new.date < (bookingdb.clock_now() at time zone 'UTC')::date
  then
    perform bookingdb.check_not_past(new.business_id, new.date);
  end if;
  v_broken := case
    when (new.status = 'cancelled') <> (new.cancelled_at is not null) then 'cancelled_has_time'
    when new.status = 'held' and new.hold_expires_at is null then 'hold_has_expiry'
    -- A hold may lack them, also after it has lapsed or was let go.
    when num_nulls(new.customer_name, new.customer_email) > 0
      and new.status not in ('held', 'expired', 'cancelled') then 'customer_known'
  end;
  if v_broken is not null then
    raise exception using
      errcode = 'check_violation',
      message = format('A booking that is %s violates "%s"', new.status, v_broken),
      schema = 'bookingdb', table = 'bookings', constraint = v_broken;
  end if;
  return new;
end $$;
comment on function bookingdb.tg_bookings__check is 'Refuses illegal moves of status and payment, incomplete states, and past dates.';

commit;
