begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.changes_shown_to'::regproc;

commit;
