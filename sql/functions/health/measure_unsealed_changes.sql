begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The age of the oldest change that no seal covers.
create function bookingdb.measure_unsealed_changes()
returns bookingdb.health_reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cursor bookingdb.audit_seal_cursor;
  v_oldest_at timestamptz;
begin
  select * into strict v_cursor from bookingdb.audit_seal_cursor;
  if v_cursor.system_identifier <> (select s.system_identifier from pg_control_system() s) then
    return (null, 'Unknown before the log was sealed on this server; see restored.', null, null
           )::bookingdb.health_reading;
  end if;
  v_oldest_at := (bookingdb.unseen_backlog(jsonb_populate_record(
    null::bookingdb.relay_cursor, to_jsonb(v_cursor) || '{"target_position": "0"}'))).oldest_at;
  return (
    round(greatest(extract(epoch from bookingdb.clock_now() - v_oldest_at), 0)),
    case when v_oldest_at is null then 'Every change is sealed.'
      else format('The oldest change in no seal is of %s.', date_trunc('second', v_oldest_at)) end,
    'bookingdb audit seal seals what is new; let bookingdb worker run, or cron every hour.',
    null)::bookingdb.health_reading;
end $$;
comment on function bookingdb.measure_unsealed_changes is 'The age of the oldest change that no seal covers.';

commit;
