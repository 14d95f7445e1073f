begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Only IANA names: PostgreSQL itself would take abbreviations and POSIX rules, which know no
-- history (ZB012).
create function bookingdb.tg_businesses__check_time_zone()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pg_timezone_names z where z.name = new.time_zone) then
    perform bookingdb.fail('ZB012', format('%L is no time zone of the IANA database, such as Europe/Berlin.', new.time_zone),
                           'time_zone');
  end if;
  return new;
end $$;
comment on function bookingdb.tg_businesses__check_time_zone is 'Refuses what is no IANA time zone.';

commit;
