begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes every change of a business, its schedule, what a slot offers or the quarantine to the
-- settings audit log: before, after, who, from where and why.
create function bookingdb.tg_settings__audit()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
  if tg_op = 'UPDATE' and new is not distinct from old then
    return null;
  end if;
  perform bookingdb.log_setting(
    case tg_op when 'DELETE' then old.business_id else new.business_id end, tg_table_name,
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end);
  return null;
end $$;
comment on function bookingdb.tg_settings__audit is 'Writes every change of the settings to their audit log.';

commit;
