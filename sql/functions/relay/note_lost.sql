begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Notes the attempts of deliveries that were claimed, and of which nobody said how they went.
create function bookingdb.note_lost(p_deliveries bookingdb.webhook_deliveries[])
returns void
language sql
begin atomic
  insert into bookingdb.webhook_attempts (business_id, webhook_id, attempt_number, started_at, error)
  select d.business_id, d.webhook_id, d.attempt_count, d.claimed_at, 'lost'
    from unnest(p_deliveries) d
   where d.claim_id is not null
  on conflict do nothing;
end;
comment on function bookingdb.note_lost is 'Notes attempts of which nobody said how they went.';

commit;
