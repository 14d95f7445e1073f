begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Privileges that differ from the ones that were shipped: more, less, or with the right to pass
-- them on; and objects that are not there to have any.
create function bookingdb.check_grants()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  select 'critical'::bookingdb.severity, 'privilege_added',
         p.target || coalesce('.' || quote_ident(p.column_name), ''),
         format('%s may %s%s', p.grantee, lower(p.privilege),
                case when p.is_grantable then ', and pass that on' else '' end),
         format('revoke %s%s%s on %s from %s cascade',
                case when s.kind is not null then 'grant option for ' else '' end,
                lower(p.privilege), ' (' || quote_ident(p.column_name) || ')', p.target,
                case p.grantee when 'public' then 'public' else quote_ident(p.grantee) end)
    from bookingdb.present_grants() p
    left join bookingdb.shipped_grants() s
      on (s.kind, s.object, s.grantee, s.privilege)
         = (p.kind, p.shipped_as, p.grantee, p.privilege)
   where p.is_grantable
      or s.kind is null
  union all
  select 'warning', 'privilege_missing', o.target,
         format('%s may not %s', s.grantee, lower(s.privilege)),
         format('grant %s on %s to %I', lower(s.privilege), o.target, s.grantee)
    from bookingdb.shipped_grants() s
    join bookingdb.present_objects() o on o.kind = s.kind and o.shipped_as = s.object
   where not exists (
     select from bookingdb.present_grants() p
      where (p.target, p.grantee, p.privilege) = (o.target, s.grantee, s.privilege)
        and p.column_name is null
   )
  union all
  select 'warning', 'privilege_missing', o.target,
         format('its owner may not %s', lower(d.privilege_type)),
         format('grant %s on %s to %I', lower(d.privilege_type), o.target, r.rolname)
    from bookingdb.present_objects() o
   cross join lateral aclexplode(o.default_acl) d
    join pg_catalog.pg_roles r on r.oid = o.owner
   where d.grantee = o.owner
     and not exists (
       select from aclexplode(o.acl) a
        where (a.grantee, a.privilege_type) = (o.owner, d.privilege_type)
     )
  union all
  select distinct 'critical'::bookingdb.severity, 'object_missing', format('%s %s', s.kind, s.object),
         'it was shipped and is not there', null
    from bookingdb.shipped_grants() s
   where not exists (
     select from bookingdb.present_objects() o where (o.kind, o.shipped_as) = (s.kind, s.object)
   );
end;
comment on function bookingdb.check_grants is 'Privileges that differ from the ones that were shipped.';

commit;
