begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deletes attempts of a business's deliveries that were finished before p_before; the
-- deliveries stay. Passes over those that are locked. Returns how many attempts.
create function bookingdb.purge_attempts(
  p_before timestamptz,
  p_limit int,
  p_business_id uuid
)
returns int
language plpgsql
as $$
declare
  v_count int;
begin
  with old as materialized (
    select a.business_id, a.webhook_id, a.attempt_number
      from bookingdb.webhook_deliveries d
      join bookingdb.webhook_attempts a using (webhook_id, business_id)
     where d.business_id = p_business_id
       and bookingdb.is_settled(d, p_before)
     limit p_limit
       for update of d skip locked
  )
  delete from bookingdb.webhook_attempts a
   using old o
   where a.business_id = o.business_id
     and a.webhook_id = o.webhook_id
     and a.attempt_number = o.attempt_number;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function bookingdb.purge_attempts is 'Deletes attempts of a business''s deliveries that were finished long ago.';

commit;
