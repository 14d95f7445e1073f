begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Settings that somebody keeps for a role or a database, and that take a guard away: triggers
-- that do not fire, rows that are not filtered, an actor who is not the one who acts, names
-- that are looked up where anybody can put something.
create function bookingdb.check_settings()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  select 'critical'::bookingdb.severity, 'setting_weakens',
         coalesce('role ' || quote_ident(r.rolname), '') || case when r.oid is not null and d.oid is not null then ' in ' else '' end
           || coalesce('database ' || quote_ident(d.datname), case when r.oid is null then 'all roles' else '' end),
         format('%s = %s', g.name, g.value),
         format('alter %s reset %s',
                case when r.oid is not null
                       then format('role %I%s', r.rolname, ' in database ' || quote_ident(d.datname))
                     when d.oid is not null then format('database %I', d.datname)
                     else 'role all' end, g.name)
    from pg_catalog.pg_db_role_setting s
   cross join lateral unnest(s.setconfig) as u (setting)
   cross join lateral (
     select split_part(u.setting, '=', 1), substring(u.setting from position('=' in u.setting) + 1)
   ) as g (name, value)
    left join pg_catalog.pg_roles r on r.oid = s.setrole
    left join pg_catalog.pg_database d on d.oid = s.setdatabase
   where (s.setdatabase = 0 or d.datname = current_database())
     and (g.name = 'session_replication_role' and g.value <> 'origin'
          or g.name = 'row_security' and g.value in ('off', 'false', 'no', '0')
          or g.name = 'role' and g.value in (select * from bookingdb.shipped_roles())
          or g.name = 'password_encryption' and g.value = 'md5'
          or g.name like 'bookingdb.%'
          or g.name = 'search_path' and bookingdb.is_open_path(g.value));
end;
comment on function bookingdb.check_settings is 'Settings of roles and databases that take a guard away.';

commit;
