begin;
set local lock_timeout = '10s';

-- Another database of this server may need them still; then they stay. Nothing would keep the
-- marks of bound logins, so they go with the owner or not at all.
do $$
declare
  v_roles text;
begin
  foreach v_roles in array array[
    'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor', 'bookingdb_dispatcher',
    'bookingdb_claims, bookingdb_tenant, bookingdb_owner'
  ] loop
    begin
      execute 'drop role if exists ' || v_roles;
    exception when dependent_objects_still_exist or insufficient_privilege then
      null;
    end;
  end loop;
end $$;

commit;
