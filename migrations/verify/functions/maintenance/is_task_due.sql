begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.is_task_due'::regproc;

commit;
