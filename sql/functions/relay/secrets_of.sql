begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is secret about an endpoint: its own headers, and what signs now, the newest first.
create function bookingdb.secrets_of(p_business_id uuid, p_endpoint_id uuid, p_now timestamptz)
returns table (headers jsonb, secrets text[])
language sql
stable
begin atomic
  select coalesce(jsonb_object_agg(s.header_name, s.value) filter (where s.header_name is not null),
                  jsonb_build_object()),
         array_agg(s.value order by s.created_at desc, s.secret_id) filter (
           where s.header_name is null and (s.expires_at is null or s.expires_at > p_now))
    from bookingdb.webhook_secrets s
   where s.business_id = p_business_id
     and s.endpoint_id = p_endpoint_id;
end;
comment on function bookingdb.secrets_of is 'What is secret about an endpoint.';

commit;
