begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Returns the business, or raises ZB012 when it is not there.
create function bookingdb.get_business(
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.businesses
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_business bookingdb.businesses;
begin
  select * into v_business from bookingdb.businesses b where b.business_id = p_business_id;
  if not found then
    perform bookingdb.fail_business(p_business_id);
  end if;
  return v_business;
end $$;
comment on function bookingdb.get_business is 'Name, time zone and rules of a business.';

commit;
