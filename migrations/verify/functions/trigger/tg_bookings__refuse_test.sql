begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.tg_bookings__refuse_test'::regproc;

commit;
