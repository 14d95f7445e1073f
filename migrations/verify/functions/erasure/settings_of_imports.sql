begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.settings_of_imports'::regproc;

commit;
