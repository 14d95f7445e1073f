begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Notes that an endpoint failed. It rests when it asked for that (429 or 503 with Retry-After,
-- an hour at most), and is paused when it is gone (410) or has failed for too long.
-- Returns whether it is paused now.
create function bookingdb.note_failure(
  p_endpoint bookingdb.webhook_endpoints,
  p_status int,
  p_retry_after interval
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := bookingdb.clock_now();
  v_rest timestamptz := case when p_status in (429, 503)
                         then v_now + least(p_retry_after, '1 hour') end;
  v_since timestamptz;
begin
  update bookingdb.webhook_endpoint_health h
     set failing_since = coalesce(h.failing_since, v_now),
         resting_until = greatest(h.resting_until, v_rest)
   where h.business_id = p_endpoint.business_id
     and h.endpoint_id = p_endpoint.endpoint_id
     and (h.failing_since is null or v_rest > v_now);
  select h.failing_since into v_since
    from bookingdb.webhook_endpoint_health h
   where h.business_id = p_endpoint.business_id
     and h.endpoint_id = p_endpoint.endpoint_id;
  if p_status = 410 then
    perform bookingdb.halt_endpoint(
      p_endpoint.business_id, p_endpoint.endpoint_id, 'The receiver says that it is gone (410)');
  elsif v_now - v_since >= p_endpoint.pause_after then
    perform bookingdb.halt_endpoint(
      p_endpoint.business_id, p_endpoint.endpoint_id,
      format('Nothing but failures since %s', bookingdb.iso_instant(v_since)));
  end if;
  return (
    select e.paused_at is not null
      from bookingdb.webhook_endpoints e
     where e.business_id = p_endpoint.business_id
       and e.endpoint_id = p_endpoint.endpoint_id);
end $$;
comment on function bookingdb.note_failure is 'Notes that an endpoint failed.';

commit;
