begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop table bookingdb.integrity_runs;

commit;
