begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.spend_rate_limits'::regproc;

commit;
