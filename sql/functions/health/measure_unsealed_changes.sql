begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The age of the oldest change that no seal covers. The first 1000 are looked at.
create function bookingdb.measure_unsealed_changes()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_cursor bookingdb.audit_seal_cursor;
  v_oldest timestamptz;
begin
  select * into strict v_cursor from bookingdb.audit_seal_cursor;
  if v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return (null, 'Unknown before the log was sealed on this server; see restored.', null, null)::bookingdb.health_reading;
  end if;
  select min(l.created_at)
    into v_oldest
    from (
      select l.created_at
        from bookingdb.unsealed_changes(v_cursor, pg_current_snapshot()) l
       limit 1000
    ) l;
  return (
    coalesce(round(greatest(extract(epoch from bookingdb.clock_now() - v_oldest), 0)), 0),
    case when v_oldest is null then 'Every change is sealed.'
      else format('The oldest change in no seal is of %s.', date_trunc('second', v_oldest)) end,
    'bookingdb audit seal seals what is new; let bookingdb worker run, or cron every hour.', null)::bookingdb.health_reading;
end $$;
comment on function bookingdb.measure_unsealed_changes is 'The age of the oldest change that no seal covers.';

commit;
