begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Notes that an endpoint does well. If it asked to be left alone, it still is: this answer may
-- be older than that.
create function bookingdb.note_success(p_endpoint bookingdb.webhook_endpoints)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update bookingdb.webhook_endpoint_health h
     set failing_since = null
   where h.business_id = p_endpoint.business_id
     and h.endpoint_id = p_endpoint.endpoint_id
     and h.failing_since is not null;
end $$;
comment on function bookingdb.note_success is 'Notes that an endpoint does well.';

commit;
