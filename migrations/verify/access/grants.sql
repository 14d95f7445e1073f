begin;
set local role bookingdb_owner;

do $$
begin
  assert has_schema_privilege('bookingdb_app', 'bookingdb', 'usage');
  assert has_function_privilege('bookingdb_app', 'bookingdb.create_bookings(jsonb, jsonb, uuid)', 'execute');
  assert has_function_privilege('bookingdb_admin', 'bookingdb.refresh_future_schedule(uuid)', 'execute');
  assert has_table_privilege('bookingdb_auditor', 'bookingdb.booking_audit_log', 'select');
end $$;

commit;
