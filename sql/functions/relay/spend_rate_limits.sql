begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes what was claimed off the rate limits of the endpoints.
create function bookingdb.spend_rate_limits(
  p_claimed bookingdb.webhook_deliveries[],
  p_now timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update bookingdb.webhook_endpoint_health h
     set tokens = bookingdb.tokens_now(h, e.rate_limit, p_now) - c.count,
         tokens_at = case
           when h.tokens_at between p_now and p_now + interval '1 minute' then h.tokens_at
           else p_now
         end
    from (
      select d.business_id, d.endpoint_id, count(*) as count
        from unnest(p_claimed) d
       group by d.business_id, d.endpoint_id
    ) c
    join bookingdb.webhook_endpoints e using (business_id, endpoint_id)
   where h.business_id = c.business_id
     and h.endpoint_id = c.endpoint_id
     and e.rate_limit > 0;
end $$;
comment on function bookingdb.spend_rate_limits is 'Takes what was claimed off the rate limits of the endpoints.';

commit;
