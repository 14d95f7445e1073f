begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How long a business keeps what; what is not named is kept for ever. Raises ZB012 for an
-- unknown business.
create function bookingdb.get_retention(
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.retention_policies
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.get_business(p_business_id);
  return query
    select *
      from bookingdb.retention_policies r
     where r.business_id = p_business_id
     order by r.kind;
end $$;
comment on function bookingdb.get_retention is 'How long a business keeps what.';

commit;
