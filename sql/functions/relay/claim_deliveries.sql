begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Leases due deliveries to the caller, who is to send them outside of any transaction, and to
-- say how it went with record_attempt() before p_lease is over; then they are due again, and
-- that attempt is noted as lost. Endpoints take turns; rate limits are kept; paused and resting
-- endpoints get nothing; changes of one booking go one after the other.
-- Locks: the deliveries, and the rate limits of endpoints; what is locked is passed over.
-- Returns all that sending needs; claim_id is the fencing token.
-- Raises ZB012: p_limit not from 1 to 10000, p_lease not from 1 second to 1 hour.
create function bookingdb.claim_deliveries(
  p_limit int default 100,
  p_lease interval default '1 minute'
)
returns table (
  business_id uuid, webhook_id uuid, claim_id uuid, attempt_number int, endpoint_id uuid,
  url text, headers jsonb, secrets text[], timeout interval, payload bytea, event_type text,
  booking_id uuid, booking_version int
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz := bookingdb.clock_now();
  v_claim_id uuid := gen_random_uuid();
  v_limited uuid[];
  v_claimed bookingdb.webhook_deliveries[];
begin
  perform bookingdb.check_claim(p_limit, p_lease);
  v_limited := array(select l.endpoint_id from bookingdb.lock_rate_limits(v_now) l);
  v_claimed := array(select c from bookingdb.choose_deliveries(v_now, p_limit, v_limited) c);
  if cardinality(v_claimed) = 0 then
    return;
  end if;
  if current_setting('synchronous_commit') = 'off' then
    -- Else a crash could undo a change that has been sent.
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform bookingdb.note_lost(v_claimed);
  perform bookingdb.spend_rate_limits(v_claimed, v_now);
  update bookingdb.webhook_deliveries d
     set claim_id = v_claim_id,
         claimed_at = v_now,
         due_at = v_now + p_lease,
         attempt_count = d.attempt_count + 1
    from unnest(v_claimed) c
   where d.business_id = c.business_id
     and d.webhook_id = c.webhook_id;
  return query
  select d.business_id, d.webhook_id, v_claim_id, d.attempt_count + 1, d.endpoint_id, e.url,
         s.headers, s.secrets, e.timeout, p.payload, d.event_type, d.booking_id, d.booking_version
    from unnest(v_claimed) with ordinality as d
    join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
    join bookingdb.webhook_payloads p using (business_id, webhook_id)
   cross join lateral bookingdb.secrets_of(d.business_id, d.endpoint_id, v_now) s
   order by d.ordinality;
end $$;
comment on function bookingdb.claim_deliveries is 'Leases due deliveries to the caller, who is to send them.';

commit;
