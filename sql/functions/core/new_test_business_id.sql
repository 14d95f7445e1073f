begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A new id for create_business() that makes a test business of it: for load tests and drills
-- on a server with real ones. It works as any other does, until remove_test_business() takes it
-- away with all that it had.
create function bookingdb.new_test_business_id()
returns uuid
language sql
volatile
begin atomic
  select ('7e577e57-7e57-8' || substr(gen_random_uuid()::text, 16))::uuid;
end;
comment on function bookingdb.new_test_business_id is 'A new id for create_business() that makes a test business.';

commit;
