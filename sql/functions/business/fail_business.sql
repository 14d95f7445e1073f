begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for a business that is not there.
create function bookingdb.fail_business(p_business_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.fail(
    'ZB012', format('There is no business %s; create_business() makes one.', coalesce(p_business_id::text, 'NULL')),
    'p_business_id');
end $$;
comment on function bookingdb.fail_business is 'Raises ZB012 for a business that is not there.';

commit;
