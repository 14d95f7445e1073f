begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- record_attempt() for many at once. p_attempts: a JSON array of objects with its arguments,
-- without p_; durations in seconds.
-- Locks: the deliveries, but those that somebody else has locked: they are passed over, and to
-- be said again.
-- Returns for each that was not passed over whether it counted, and how the delivery stands
-- now.
-- Raises what record_attempt() raises, and then none is recorded; ZB012 for what is no
-- array of objects.
create function bookingdb.record_attempts(p_attempts jsonb)
returns table (
  webhook_id uuid, counted boolean, state bookingdb.delivery_state, due_at timestamptz
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_attempt record;
begin
  if jsonb_typeof(p_attempts) is distinct from 'array'
     or exists (select from jsonb_array_elements(p_attempts) a where jsonb_typeof(a) <> 'object') then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of objects.', 'p_attempts');
  end if;
  for v_attempt in
    select *
      from jsonb_to_recordset(p_attempts) as a (
        business_id uuid, webhook_id uuid, claim_id uuid, attempt_number int,
        started_at timestamptz, duration double precision, status int,
        error bookingdb.webhook_error, answer text, retry_after double precision)
     order by a.webhook_id  -- so that two dispatchers lock in the same order
  loop
    continue when not bookingdb.can_lock_delivery(v_attempt.webhook_id, v_attempt.business_id);
    counted := bookingdb.record_attempt(
      v_attempt.webhook_id, v_attempt.claim_id, v_attempt.attempt_number, v_attempt.started_at,
      make_interval(secs => v_attempt.duration), v_attempt.status, v_attempt.error,
      v_attempt.answer, make_interval(secs => v_attempt.retry_after), v_attempt.business_id);
    select d.webhook_id, d.state, d.due_at
      into record_attempts.webhook_id, record_attempts.state, record_attempts.due_at
      from bookingdb.webhook_deliveries d
     where d.webhook_id = v_attempt.webhook_id
       and d.business_id = v_attempt.business_id;
    return next;
  end loop;
end $$;
comment on function bookingdb.record_attempts is 'Says how attempts to deliver went, many at once.';

commit;
