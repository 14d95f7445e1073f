begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deliveries that were queued since p_since, the latest p_limit of each business.
create function bookingdb.recent_deliveries_of_all(p_since timestamptz, p_limit int)
returns setof bookingdb.webhook_deliveries
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
as $$
begin
  return query
  select d.*
    from (select distinct e.business_id from bookingdb.webhook_endpoints e) e
   cross join lateral (
     select *
       from bookingdb.webhook_deliveries d
      where d.business_id = e.business_id
        and d.created_at >= p_since
      order by d.created_at desc
      limit p_limit
   ) d;
end $$;
comment on function bookingdb.recent_deliveries_of_all is 'The latest deliveries of each business.';

commit;
