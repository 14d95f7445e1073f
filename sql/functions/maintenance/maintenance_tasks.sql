begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The tasks of maintain(): how often each is due, and whether it is done business by business.
-- A little less than what is meant where it is called each minute, or it would be too early
-- every other time.
create function bookingdb.maintenance_tasks()
returns table (task bookingdb.maintenance_task, every interval, per_business boolean)
language sql
immutable
begin atomic
  values
    ('integrity'::bookingdb.maintenance_task, '1 hour'::interval, false),
    ('overbooking', '5 seconds', false),
    ('seals', '10 minutes', false),
    ('slots_ahead', '1 hour', true),
    ('expired_holds', '30 seconds', true),
    ('audit_partitions', '1 day', false),
    ('retention', '1 day', false);
end;
comment on function bookingdb.maintenance_tasks is 'The tasks of maintain(), and how often each is due.';

commit;
