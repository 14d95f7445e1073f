begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The privileges that there are on everything in the schema, but those of an object's owner.
create function bookingdb.present_grants()
returns table (
  kind text, shipped_as text, target text, column_name text, grantee text, privilege text,
  is_grantable boolean
)
language sql
stable
begin atomic
  select o.kind, o.shipped_as, o.target, o.column_name, coalesce(r.rolname, 'public')::text,
         a.privilege_type, bool_or(a.is_grantable)
    from bookingdb.present_objects() o
   cross join lateral aclexplode(o.acl) a
    left join pg_catalog.pg_roles r on r.oid = a.grantee
   where a.grantee <> o.owner
   group by 1, 2, 3, 4, 5, 6;
end;
comment on function bookingdb.present_grants is 'The privileges that there are on everything in the schema.';

commit;
