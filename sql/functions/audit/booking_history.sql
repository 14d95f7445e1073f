begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- All that happened to a booking, oldest first: before, after, who, from where and why.
-- Also of a booking that was deleted. Raises ZB006 when there never was one.
create function bookingdb.booking_history(
  p_booking_id uuid,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.booking_audit_log
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select *
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.booking_id = p_booking_id
     order by l.booking_version;
  if not found then
    perform bookingdb.get_booking(p_booking_id, p_business_id);
  end if;
end $$;
comment on function bookingdb.booking_history is 'All that happened to a booking, oldest first.';

commit;
