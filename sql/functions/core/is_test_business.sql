begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for the id of a test business, as new_test_business_id() makes them: the one kind that
-- can be removed, with its audit log. Every row of a business has its id in its key, and those
-- of the audit logs and seals never change: what was written for a real business stays so.
create function bookingdb.is_test_business(p_business_id uuid)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select p_business_id between '7e577e57-7e57-8000-0000-000000000000'
                           and '7e577e57-7e57-8fff-ffff-ffffffffffff';
end;
comment on function bookingdb.is_test_business is 'True for the id of a test business, which can be removed with its audit log.';

commit;
