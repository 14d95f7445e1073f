-- The extension btree_gist stays: something else may use it.
begin;
set local lock_timeout = '10s';

alter default privileges for role bookingdb_owner grant usage on types to public;
alter default privileges for role bookingdb_owner grant execute on functions to public;
drop schema bookingdb;

commit;
