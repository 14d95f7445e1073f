begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Writes every change of a business, its schedule, what a slot offers or the quarantine to the
-- settings audit log: before, after, who, from where and why. Tells those who listen when it
-- changes what can be booked.
create function bookingdb.tg_settings__audit()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_business_id uuid := case tg_op when 'DELETE' then old.business_id else new.business_id end;
begin
  if tg_op = 'UPDATE' and new is not distinct from old then
    return null;
  end if;
  perform bookingdb.log_setting(
    v_business_id, tg_table_name,
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end);
  if tg_table_name in ('time_slots', 'businesses') and bookingdb.somebody_listens() then
    perform bookingdb.tell_listeners(v_business_id);
  end if;
  return null;
end $$;
comment on function bookingdb.tg_settings__audit is 'Writes every change of the settings to their audit log.';

commit;
