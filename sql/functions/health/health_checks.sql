begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Looks whether all is well: each check with its figure, how grave that is, and what to do.
-- All are listed, those that are well too. Cheap enough to be called every ten seconds,
-- however many bookings there are: what has to read them all is read from integrity_runs.
-- Writes nothing, so that it answers on a standby too. Raises nothing but 42501 for a login
-- that is bound to businesses: a check that fails says so in its row.
create function bookingdb.health_checks()
returns table (
  name text, severity bookingdb.health_severity, figure numeric, unit text, message text, remedy text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set intervalstyle = 'postgres'
set jit = off
set lock_timeout = '1s'
as $$
declare
  v_check record;
  v_reading bookingdb.health_reading;
begin
  perform bookingdb.refuse_bound('health()');
  for v_check in select * from bookingdb.health_thresholds() loop
    begin
      v_reading := bookingdb.measure(v_check.name);
    exception when others then
      v_reading := (
        null, format('It could not be checked: %s.', sqlerrm),
        'bookingdb status shows whether the schema is complete; the message, what stood in the way.',
        case when sqlstate = '42501' then 'warning' else 'critical' end)::bookingdb.health_reading;
    end;
    name := v_check.name;
    severity := greatest(
      v_reading.at_least,
      case when v_reading.figure >= v_check.critical then 'critical'
           when v_reading.figure >= v_check.warning then 'warning'
           else 'ok'
      end::bookingdb.health_severity);
    figure := v_reading.figure;
    unit := v_check.unit;
    message := v_reading.message;
    remedy := case when severity > 'ok' then v_reading.remedy end;
    return next;
  end loop;
end $$;
comment on function bookingdb.health_checks is 'Whether all is well: each check, its figure, how grave that is, and what to do.';

commit;
