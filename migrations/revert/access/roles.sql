begin;
set local lock_timeout = '10s';

-- Another database of this server may need them still; then they stay.
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor', 'bookingdb_dispatcher',
    'bookingdb_claims', 'bookingdb_tenant', 'bookingdb_owner'
  ] loop
    begin
      execute format('drop role if exists %I', v_role);
    exception when dependent_objects_still_exist or insufficient_privilege then
      null;
    end;
  end loop;
end $$;

commit;
