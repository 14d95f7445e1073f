begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

select 'bookingdb.slots_to_offer'::regproc;

commit;
