begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop function bookingdb.closed_slots;

commit;
