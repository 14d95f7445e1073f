begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Which roles are bound to which businesses. The mark that makes a login bound is membership in
-- bookingdb_tenant: without a row here it sees nothing.
create table bookingdb.business_grants (
  business_id uuid not null,
  role_name text not null,
  granted_by text not null default session_user,
  granted_at timestamptz not null default bookingdb.clock_now(),
  primary key (business_id, role_name),
  constraint business_exists foreign key (business_id) references bookingdb.businesses
);

comment on table bookingdb.business_grants is 'Which roles are bound to which businesses, and see no other.';
comment on column bookingdb.business_grants.role_name is 'A login, or a group that logins are members of.';
comment on column bookingdb.business_grants.granted_by is 'The login that granted it.';

commit;
