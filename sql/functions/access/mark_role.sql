begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes a role a member of a mark, bookingdb_tenant or bookingdb_claims, unless it is one.
create function bookingdb.mark_role(p_role text, p_mark text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if not pg_has_role(p_role, p_mark, 'member') then
    execute format('grant %I to %I', p_mark, p_role)
      || case when current_setting('server_version_num')::int >= 160000
           then ' with inherit false, set false' else '' end;
  end if;
end $$;
comment on function bookingdb.mark_role is 'Makes a role a member of a mark.';

commit;
