begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Looks for everything that opens the database wider than it was shipped: privileges, owners,
-- roles and logins, triggers and rules, row-level security, settings, the server, endpoints of
-- webhooks. docs/security.md has each check. Reads catalogs and endpoints, no bookings.
-- Returns the findings, the gravest first, each with the statement that puts it right, for a
-- superuser or whoever owns the object to run; NULL where no one statement does. What is of
-- severity info is no complaint. What only a superuser can read is told of as such.
create function bookingdb.security_audit()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select * from (
      select * from bookingdb.check_grants()
      union all
      select * from bookingdb.check_default_privileges()
      union all
      select * from bookingdb.check_objects()
      union all
      select * from bookingdb.check_rules()
      union all
      select * from bookingdb.check_row_security()
      union all
      select * from bookingdb.check_roles()
      union all
      select * from bookingdb.check_settings()
      union all
      select * from bookingdb.check_server()
      union all
      select * from bookingdb.check_passwords()
      union all
      select * from bookingdb.check_endpoints()
    ) f
    order by f.severity desc, f.check_name, f.object, f.detail;
end $$;
comment on function bookingdb.security_audit is 'Everything that opens the database wider than it was shipped.';

commit;
