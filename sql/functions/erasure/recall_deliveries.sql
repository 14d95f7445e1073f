begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes deliveries from who is sending them just now; they are due again. The attempt is noted
-- with an outcome, as who comes too late may still say how a lost one went, and what the
-- receiver answered. The caller has locked them.
create function bookingdb.recall_deliveries(p_webhook_ids uuid[], p_business_id uuid)
returns void
language plpgsql
as $$
begin
  insert into bookingdb.webhook_attempts (
    business_id, webhook_id, attempt_number, started_at, error, answer
  )
  select d.business_id, d.webhook_id, d.attempt_count, d.claimed_at, 'connection',
         'Recalled: the customer was erased.'
    from bookingdb.webhook_deliveries d
   where d.business_id = p_business_id
     and d.webhook_id = any (p_webhook_ids)
     and d.claim_id is not null
  on conflict do nothing;
  update bookingdb.webhook_deliveries d
     set claim_id = null,
         claimed_at = null,
         due_at = bookingdb.clock_now()
   where d.business_id = p_business_id
     and d.webhook_id = any (p_webhook_ids)
     and d.claim_id is not null;
end $$;
comment on function bookingdb.recall_deliveries is 'Takes deliveries from who is sending them just now.';

commit;
