begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.replayed_at'::regproc;

commit;
