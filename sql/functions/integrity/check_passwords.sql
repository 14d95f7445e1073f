begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Passwords of roles and logins of bookingdb that are kept as MD5. Only where the owner may
-- read pg_authid, which takes a superuser's grant; else one row for information says so.
create function bookingdb.check_passwords()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language plpgsql
stable
as $$
begin
  if not has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'select') then
    return query select 'info'::bookingdb.severity, 'passwords_not_read', 'pg_authid',
      'only a superuser can tell who has an MD5 password: '
      'select rolname from pg_authid where rolpassword like ''md5%''', null::text;
    return;
  end if;
  return query
    select 'warning'::bookingdb.severity, 'password_md5', a.rolname::text,
           'its password is kept as MD5: set it anew',
           format('alter role %I password null', a.rolname)
      from pg_catalog.pg_authid a
     where a.rolpassword like 'md5%'
       and (a.rolname in (select s.role_name from bookingdb.shipped_roles() s)
            or a.oid in (select l.login from bookingdb.application_logins() l)
            or a.oid in (select m.member from bookingdb.role_members('{bookingdb_owner}') m));
end $$;
comment on function bookingdb.check_passwords is 'Passwords that are kept as MD5, where they can be read.';

commit;
