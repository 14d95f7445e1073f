begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deletes deliveries of a business that were finished before p_before, as settle_before() gave
-- it, with their payloads and attempts. Passes over those that are locked. Returns how many.
create function bookingdb.purge_finished(
  p_before timestamptz,
  p_limit int,
  p_business_id uuid
)
returns int
language plpgsql
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select d.webhook_id
      from bookingdb.webhook_deliveries d
     where d.business_id = p_business_id
       and bookingdb.is_settled(d, p_before)
     limit p_limit
       for update skip locked);
  delete from bookingdb.webhook_deliveries d where d.webhook_id = any (v_ids);
  delete from bookingdb.webhook_payloads p where p.webhook_id = any (v_ids);
  delete from bookingdb.webhook_attempts a where a.webhook_id = any (v_ids);
  return cardinality(v_ids);
end $$;
comment on function bookingdb.purge_finished is 'Deletes deliveries of a business that were finished long ago.';

commit;
