begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The imported bookings that have no place here and are not decided on yet, by import and row.
-- Raises ZB012 for an unknown business.
create function bookingdb.quarantined_bookings(
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.booking_quarantine
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.get_business(p_business_id);
  return query
    select *
      from bookingdb.booking_quarantine q
     where q.business_id = p_business_id
       and q.resolved_at is null
     order by q.source, q.row_number;
end $$;
comment on function bookingdb.quarantined_bookings is 'The imported bookings that have no place here.';

commit;
