begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.expected_hash'::regproc;

commit;
