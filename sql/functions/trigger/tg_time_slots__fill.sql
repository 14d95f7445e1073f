begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The instants of a slot that was written or moved by hand: when it begins in the business's
-- time zone; its length stays, and is an hour unless ends_at says otherwise.
-- Raises ZB012 for an unknown business and for a local time that does not exist.
create function bookingdb.tg_time_slots__fill()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses := bookingdb.get_business(new.business_id);
begin
  new.starts_at := bookingdb.instant_of(new.date + new.time, v_business.time_zone);
  if new.starts_at is null then
    perform bookingdb.fail('ZB012', format('%s does not exist in %s.', new.date + new.time, v_business.time_zone),
                           'time_slots.time');
  end if;
  if tg_op = 'UPDATE' then
    new.ends_at := new.starts_at + (old.ends_at - old.starts_at);
  end if;
  new.ends_at := coalesce(new.ends_at, new.starts_at + interval '1 hour');
  return new;
end $$;
comment on function bookingdb.tg_time_slots__fill is 'Works out the instants of a slot that was written without them.';

commit;
