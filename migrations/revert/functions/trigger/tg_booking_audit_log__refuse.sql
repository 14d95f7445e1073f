begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop function bookingdb.tg_booking_audit_log__refuse;

commit;
