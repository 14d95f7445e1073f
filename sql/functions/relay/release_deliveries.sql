begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives back deliveries that were claimed and not sent: they are due at once, and it was no
-- attempt. Those that another has claimed meanwhile are left alone.
-- Returns how many were given back.
create function bookingdb.release_deliveries(p_webhook_ids uuid[], p_claim_id uuid)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count int;
begin
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
