begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Refuses to move a booking between a real business and a test business: there its log could be
-- removed.
create function bookingdb.tg_bookings__refuse_test()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if bookingdb.is_test_business(old.business_id) <> bookingdb.is_test_business(new.business_id) then
    raise exception using
      errcode = 'insufficient_privilege',
      message = 'no booking moves between a real business and a test business';
  end if;
  return new;
end $$;
comment on function bookingdb.tg_bookings__refuse_test is 'Refuses to move a booking between a real business and a test business.';

commit;
