begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Refuses what is no legal move of status or payment (ZB008).
create function bookingdb.tg_bookings__check_moves()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from_status bookingdb.booking_status;
  v_from_payment bookingdb.payment_status;
begin
  if tg_op = 'UPDATE' then
    v_from_status := old.status;
    v_from_payment := old.payment_status;
  end if;
  if new.status is distinct from v_from_status then
    perform bookingdb.check_move(v_from_status, new.status);
  end if;
  if new.payment_status is distinct from v_from_payment and not exists (
    select from bookingdb.payment_moves() m
     where m.from_status is not distinct from v_from_payment and m.to_status = new.payment_status
  ) then
    perform bookingdb.fail('ZB008', format('A payment cannot go from %s to %s.',
                           coalesce(v_from_payment::text, 'nothing'), new.payment_status));
  end if;
  return new;
end $$;
comment on function bookingdb.tg_bookings__check_moves is 'Refuses illegal moves of status and payment.';

commit;
