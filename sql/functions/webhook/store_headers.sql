begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Replaces the values of an endpoint's own headers.
create function bookingdb.store_headers(p_business_id uuid, p_endpoint_id uuid, p_headers jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from bookingdb.webhook_secrets s
   where s.business_id = p_business_id
     and s.endpoint_id = p_endpoint_id
     and s.header_name is not null;
  insert into bookingdb.webhook_secrets (business_id, endpoint_id, header_name, value)
  select p_business_id, p_endpoint_id, h.key, h.value
    from jsonb_each_text(p_headers) h;
end $$;
comment on function bookingdb.store_headers is 'Replaces the values of an endpoint''s own headers.';

commit;
