begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The logins that work with bookingdb: members of its roles other than the owner's.
create function bookingdb.application_logins()
returns table (login oid, login_name text)
language sql
stable
begin atomic
  select distinct m.member, m.member_name
    from bookingdb.role_members(
           array(select s.role_name from bookingdb.shipped_roles() s
                  where s.role_name <> 'bookingdb_owner')) m
   where m.can_login;
end;
comment on function bookingdb.application_logins is 'The logins that work with bookingdb.';

commit;
