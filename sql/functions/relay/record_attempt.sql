begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says how an attempt to deliver went; what follows from that is decided here. Success is a
-- status from 200 to 299 and no p_error. p_claim_id and p_attempt_number are what
-- claim_deliveries() gave; when another has claimed the delivery meanwhile, or it is done, the
-- attempt is noted and changes nothing else.
-- p_duration: from the first byte to the last. p_answer: the first kilobyte of the answer, or
-- why there is none. p_retry_after: what the receiver asked for; at most a day counts.
-- Locks: the endpoint against changes, the delivery, the endpoint's health.
-- Returns true when the attempt counted. Raises ZB012 for a status and an error that do not
-- belong together, or values out of range; ZB017 when there is no such delivery.
create function bookingdb.record_attempt(
  p_webhook_id uuid,
  p_claim_id uuid,
  p_attempt_number int,
  p_started_at timestamptz,
  p_duration interval,
  p_status int default null,
  p_error bookingdb.webhook_error default null,
  p_answer text default null,
  p_retry_after interval default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_delivery bookingdb.webhook_deliveries := bookingdb.lock_delivery(p_webhook_id, p_business_id);
  v_retry_after interval := least(coalesce(p_retry_after, '0'), '1 day');
  v_endpoint bookingdb.webhook_endpoints;
  v_problem text;
begin
  begin
    insert into bookingdb.webhook_attempts as a (
      business_id, webhook_id, attempt_number, started_at, duration, status, error, answer
    )
    values (
      p_business_id, p_webhook_id, p_attempt_number, p_started_at, p_duration, p_status, p_error,
      left(p_answer, 1024)
    )
    on conflict (webhook_id, attempt_number, business_id) do update
      set (started_at, duration, status, error, answer)
          = (excluded.started_at, excluded.duration, excluded.status, excluded.error, excluded.answer)
      where a.error = 'lost';
  exception when check_violation or not_null_violation then
    get stacked diagnostics v_problem = message_text;
    perform bookingdb.fail('ZB012', v_problem || '.', 'attempt');
  end;
  if v_delivery.claim_id = p_claim_id is not true or v_delivery.state <> 'pending' then
    return false;
  end if;
  select * into v_endpoint
    from bookingdb.webhook_endpoints e
   where e.business_id = p_business_id
     and e.endpoint_id = v_delivery.endpoint_id;
  if p_error is null then
    perform bookingdb.finish_delivery(v_delivery, 'delivered');
    perform bookingdb.note_success(v_endpoint);
  else
    perform bookingdb.retry_delivery(
      v_delivery, v_endpoint.retry_schedule, v_retry_after,
      bookingdb.note_failure(v_endpoint, p_status, v_retry_after));
  end if;
  return true;
end $$;
comment on function bookingdb.record_attempt is 'Says how an attempt to deliver went.';

commit;
