begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives back deliveries that were claimed and not sent: they are due at once, and it was no
-- attempt. Those that another has claimed meanwhile are left alone.
-- Locks: the endpoints against changes, then the deliveries.
-- Returns how many were given back.
create function bookingdb.release_deliveries(p_webhook_ids uuid[], p_claim_id uuid)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count int;
begin
  perform
     from bookingdb.webhook_endpoints e
    where (e.business_id, e.endpoint_id) in (
      select d.business_id, d.endpoint_id
        from bookingdb.webhook_deliveries d
       where d.webhook_id = any (p_webhook_ids)
         and d.claim_id = p_claim_id
    )
    order by e.endpoint_id
      for key share;
  update bookingdb.webhook_deliveries d
     set due_at = bookingdb.clock_now(),
         claim_id = null,
         claimed_at = null,
         attempt_count = d.attempt_count - 1
   where d.webhook_id = any (p_webhook_ids)
     and d.claim_id = p_claim_id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function bookingdb.release_deliveries is 'Gives back deliveries that were claimed and not sent.';

commit;
