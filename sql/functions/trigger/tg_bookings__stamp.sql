begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The version of a booking, whatever the writer put there, and its times where they are left
-- out. An UPDATE that changes nothing but these is no change: it keeps its version, and so
-- makes no audit row.
create function bookingdb.tg_bookings__stamp()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status = 'held' and new.payment_status = 'paid' then  -- kept until its slot begins
    new.hold_expires_at := greatest(new.hold_expires_at, (
      select s.starts_at
        from bookingdb.time_slots s
       where s.business_id = new.business_id
         and s.date = new.date
         and s.time = new.time));
  end if;
  if tg_op = 'INSERT' then
    new.version := 1;
    new.updated_at := bookingdb.clock_now();
  else
    new.version := old.version;
    new.updated_at := old.updated_at;
    new.refund_due := old.refund_due;
    if new is not distinct from old then
      return new;
    end if;
    if (new.booking_id, new.created_at) is distinct from (old.booking_id, old.created_at) then
      perform bookingdb.fail('ZB008', 'booking_id and created_at of a booking never change.');
    end if;
    if (new.date, new.time, new.status) is distinct from (old.date, old.time, old.status) then
      new.proposed_slots := null;
    end if;
    new.version := old.version + 1;
    new.updated_at := bookingdb.clock_now();
  end if;
  if new.status = 'confirmed' then
    new.confirmed_at := coalesce(new.confirmed_at, new.updated_at);
  elsif new.status = 'cancelled' then
    new.cancelled_at := coalesce(new.cancelled_at, new.updated_at);
  end if;
  new.refund_due := new.payment_status = 'paid' and new.status in ('waiting', 'cancelled', 'expired');
  return new;
end $$;
comment on function bookingdb.tg_bookings__stamp is 'Keeps version and times of a booking.';

commit;
