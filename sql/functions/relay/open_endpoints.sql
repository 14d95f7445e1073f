begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The endpoints that are not paused, from when on each may be sent something, and how much of
-- it now: at most p_limit, and what its rate limit allows.
create function bookingdb.open_endpoints(p_now timestamptz, p_limit int)
returns table (business_id uuid, endpoint_id uuid, rate_limit int, quota int, next_at timestamptz)
language sql
stable
begin atomic
  select e.business_id, e.endpoint_id, e.rate_limit,
         case when h.resting_until > p_now then 0
              when e.rate_limit = 0 then p_limit
              else least(p_limit, floor(t.tokens)::int)
         end,
         greatest(h.resting_until, case when e.rate_limit > 0 and t.tokens < 1
           then p_now + make_interval(secs => (1 - t.tokens) / (0.8 * e.rate_limit)) end)
    from bookingdb.webhook_endpoints e
    join bookingdb.webhook_endpoint_health h using (business_id, endpoint_id)
   cross join lateral (select bookingdb.tokens_now(h, e.rate_limit, p_now)) as t (tokens)
   where e.removed_at is null
     and e.paused_at is null;
end;
comment on function bookingdb.open_endpoints is 'The endpoints that may be sent something, and how much.';

commit;
