begin;

select
  'bookingdb_owner'::regrole,
  'bookingdb_app'::regrole,
  'bookingdb_admin'::regrole,
  'bookingdb_auditor'::regrole,
  'bookingdb_dispatcher'::regrole,
  'bookingdb_tenant'::regrole,
  'bookingdb_claims'::regrole;

commit;
