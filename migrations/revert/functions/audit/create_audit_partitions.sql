begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop view bookingdb.booking_audit_log_partitions;
drop function bookingdb.create_audit_partitions;

commit;
