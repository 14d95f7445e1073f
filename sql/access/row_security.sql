begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who sees which rows. A login that grant_business() bound sees and writes its businesses only,
-- in every table, whichever way it comes; every other login sees all. Privileges of tables and
-- functions are given on another page, access/grants. New partitions of the audit log are
-- secured by guard_audit_partitions(); a table that a later script makes calls secure_table().
--
-- Each statement pays for its policies: those that every booking runs have cheaper forms here.
select bookingdb.secure_table(c.oid)
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id'
 where c.relnamespace = 'bookingdb'::regnamespace
   and c.relkind in ('r', 'p')
   and not c.relrowsecurity
   and c.relname not in ('businesses', 'time_slots', 'business_grants');

-- The trigger writes it, about a row of bookings that has passed its own policy.
create policy written_by_trigger on bookingdb.booking_audit_log
  for insert
  to bookingdb_owner
  with check (true);

-- Row by row, which is cheaper for the one row that a call wants: is the login marked at all?
alter table bookingdb.businesses
  enable row level security,
  force row level security;
create policy own_business on bookingdb.businesses
  using (not pg_has_role(session_user, 'bookingdb_tenant', 'member')
         or bookingdb.is_granted(business_id));

-- Functions may look at any slot, since each asks businesses or bookings as well; a test calls
-- all of them. They lock and change those of the login's businesses only.
alter table bookingdb.time_slots
  enable row level security,
  force row level security;
create policy own_business on bookingdb.time_slots
  for select
  using ((select bookingdb.is_unbound())
         or business_id = any ((select bookingdb.granted_businesses())::uuid[]));
create policy looked_at_by_functions on bookingdb.time_slots
  for select
  to bookingdb_owner
  using (true);
create policy own_made on bookingdb.time_slots
  for insert
  with check (not pg_has_role(session_user, 'bookingdb_tenant', 'member')
              or bookingdb.is_granted(business_id));
create policy own_changed on bookingdb.time_slots
  for update
  using (not pg_has_role(session_user, 'bookingdb_tenant', 'member')
         or bookingdb.is_granted(business_id));
create policy never_moved_by_functions on bookingdb.time_slots
  for update
  to bookingdb_owner
  using (false)
  with check (true);
create policy own_deleted on bookingdb.time_slots
  for delete
  using (not pg_has_role(session_user, 'bookingdb_tenant', 'member')
         or bookingdb.is_granted(business_id));

-- The grants: what the policies above ask reads them. A bound login that reads the table sees
-- those of the roles that it is a member of, and changes none.
alter table bookingdb.business_grants
  enable row level security,
  force row level security;
create policy for_functions on bookingdb.business_grants
  to bookingdb_owner
  using (true);
create policy unbound on bookingdb.business_grants
  using (bookingdb.is_unbound());
create policy own_roles on bookingdb.business_grants
  for select
  using (exists (
    select from pg_roles r
     where r.rolname = role_name and pg_has_role(session_user, r.oid, 'member')));

-- How far the log of all businesses is relayed, sealed and exported, what maintain() did and
-- check_integrity() found: functions need it for a bound login too, but it may not look itself.
do $$
declare
  v_table regclass;
begin
  foreach v_table in array array[
    'bookingdb.relay_cursor', 'bookingdb.audit_seal_cursor', 'bookingdb.audit_exports',
    'bookingdb.integrity_runs', 'bookingdb.maintenance_runs'
  ]::regclass[] loop
    execute format(
      'alter table %s enable row level security, force row level security', v_table);
    execute format(
      'create policy for_functions on %s to bookingdb_owner using (true)', v_table);
    execute format(
      'create policy unbound on %s using (bookingdb.is_unbound())', v_table);
  end loop;
end $$;

commit;
