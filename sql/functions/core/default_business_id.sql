begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The business that is meant when none is named. A constant, so that a shop with one business
-- never mentions it, an index can be used, and a proxy can route the call without a table.
create function bookingdb.default_business_id()
returns uuid
language sql
immutable
parallel safe
begin atomic
  select '00000000-0000-4000-8000-000000000000'::uuid;
end;
comment on function bookingdb.default_business_id is 'The business that is meant when none is named.';

commit;
