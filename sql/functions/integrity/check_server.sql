begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What the database and the server allow to everybody: objects in a schema, a language that
-- reaches the server's files, an extension that calls other servers; weak hashes of passwords,
-- a session without triggers.
create function bookingdb.check_server()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  select 'warning'::bookingdb.severity, 'schema_open', format('schema %I', n.nspname),
         'everybody may create in it', format('revoke create on schema %I from public', n.nspname)
    from pg_catalog.pg_namespace n
   where has_schema_privilege('public', n.oid, 'create')
     and not pg_is_other_temp_schema(n.oid)
     and n.oid <> pg_my_temp_schema()
  union all
  select 'warning', 'language_untrusted', format('language %I', l.lanname),
         'its functions reach the server''s files and network', format('drop language %I', l.lanname)
    from pg_catalog.pg_language l
   where l.lanispl
     and not l.lanpltrusted
  union all
  select 'warning', 'extension_calls_out', format('extension %I', e.extname),
         'everybody may call other servers through it', format('drop extension %I', e.extname)
    from pg_catalog.pg_extension e
   where e.extname in ('dblink', 'http', 'pg_net')
     and exists (
       select from pg_catalog.pg_depend d
         join pg_catalog.pg_proc p on p.oid = d.objid
        where d.refclassid = 'pg_catalog.pg_extension'::regclass
          and d.refobjid = e.oid
          and d.classid = 'pg_catalog.pg_proc'::regclass
          and has_function_privilege('public', p.oid, 'execute')
          and has_schema_privilege('public', p.pronamespace, 'usage')
     )
  union all
  select 'warning', 'login_owns_database', format('database %I', d.datname),
         format('%s owns it and works with bookingdb', l.login_name),
         format('alter database %I owner to current_user', d.datname)
    from pg_catalog.pg_database d
    join bookingdb.application_logins() l on l.login = d.datdba
   where d.datname = current_database()
  union all
  select 'warning', 'password_encryption', 'password_encryption', format('%s, by %s', s.setting, s.source),
         case s.source when 'session' then 'set password_encryption = ''scram-sha-256'''
              else 'alter system set password_encryption = ''scram-sha-256''' end
    from pg_catalog.pg_settings s
   where s.name = 'password_encryption'
     and s.setting = 'md5'
  union all
  select 'critical', 'session_without_triggers', 'session_replication_role', s.setting,
         'set session_replication_role = origin'
    from pg_catalog.pg_settings s
   where s.name = 'session_replication_role'
     and s.setting <> 'origin';
end;
comment on function bookingdb.check_server is 'What the database and the server allow to everybody.';

commit;
