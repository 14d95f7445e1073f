begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop procedure bookingdb.book_hot_slot;

commit;
