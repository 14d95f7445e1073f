begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The waits before each retry, unless an endpoint has its own: about three days in all, as
-- Standard Webhooks recommends.
create function bookingdb.usual_retry_schedule()
returns interval[]
language sql
immutable
parallel safe
begin atomic
  select '{5 s,1 min,5 min,30 min,2 h,5 h,10 h,14 h,20 h,24 h}'::interval[];
end;
comment on function bookingdb.usual_retry_schedule is 'The waits before each retry, unless an endpoint has its own.';

commit;
