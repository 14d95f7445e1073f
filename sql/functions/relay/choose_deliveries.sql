begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Locks and returns the deliveries that are to be claimed: endpoints take turns. Of those with
-- a rate limit only the ones in p_limited count.
create function bookingdb.choose_deliveries(p_now timestamptz, p_limit int, p_limited uuid[])
returns setof bookingdb.webhook_deliveries
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
    with due as materialized (
      select e.business_id, d.webhook_id, d.due_at,
             row_number() over (partition by e.endpoint_id order by d.due_at) as turn
        from bookingdb.open_endpoints(p_now, p_limit) e
       cross join lateral bookingdb.due_deliveries(
         e.business_id, e.endpoint_id, p_now, e.quota) d
       where e.rate_limit = 0
          or e.endpoint_id = any (p_limited)
    )
    select d.*
      from bookingdb.webhook_deliveries d
      join due using (business_id, webhook_id)
     where d.state::text = 'pending'  -- no partial index fits: looked up by its key
       and d.due_at <= p_now
     order by due.turn, due.due_at
     limit p_limit
       for update of d skip locked;
end $$;
comment on function bookingdb.choose_deliveries is 'Locks and returns the deliveries that are to be claimed.';

commit;
