begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Endpoints of webhooks that give something away: credentials in the URL, which who may read
-- endpoints can read; no TLS; secrets and headers that can be guessed. Never shows a secret.
create function bookingdb.check_endpoints()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  with endpoints as (
    select e.business_id, e.endpoint_id, e.url, format('endpoint %s', e.endpoint_id) as name,
           format('select bookingdb.%%s(%L, %%s, p_business_id => %L)', e.endpoint_id, e.business_id)
             as call
      from bookingdb.webhook_endpoints e
     where e.removed_at is null
  ), secrets as (
    select e.name, e.call, s.header_name, s.value
      from endpoints e
      join bookingdb.webhook_secrets s using (business_id, endpoint_id)
     where s.expires_at is null or s.expires_at > bookingdb.clock_now()
  )
  select 'critical'::bookingdb.severity, 'endpoint_url_credentials', e.name,
         'its URL carries credentials: change them, and send them as a header',
         format(e.call, 'update_webhook_endpoint', format('p_url => %L', regexp_replace(
           regexp_replace(e.url, '^([a-z]+://)[^/?#]*@', '\1'), '\?.*$', '')))
    from endpoints e
   where e.url ~ '^[a-z]+://[^/?#]*@'
      or e.url ~* '[?&](access_?|auth_?|api_?)?(token|secret|passw(or)?d|pwd|key|signature)='
  union all
  select 'warning', 'endpoint_plain_http', e.name,
         'whoever is on the way can read and withhold what it is sent',
         format(e.call, 'update_webhook_endpoint',
                format('p_url => %L', regexp_replace(e.url, '^http:', 'https:')))
    from endpoints e
   where e.url ~* '^http://'
     and e.url !~* '^http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?([/?]|$)'
  union all
  select 'critical', 'endpoint_weak_header', s.name,
         format('its header %s %s', s.header_name, p.problem),
         format(s.call, 'update_webhook_endpoint',
                format('p_headers => jsonb_build_object(%L, :''new_value'')', s.header_name))
    from secrets s
   cross join lateral (select bookingdb.credential_problem(s.header_name, s.value)) p (problem)
   where s.header_name is not null
     and p.problem is not null
  union all
  select 'critical', 'endpoint_weak_secret', s.name, format('a signing secret %s', p.problem),
         format(s.call, 'rotate_webhook_secret', 'p_overlap => ''0''')
    from secrets s
   cross join lateral (select bookingdb.secret_problem(s.value)) p (problem)
   where s.header_name is null
     and p.problem is not null;
end;
comment on function bookingdb.check_endpoints is 'Endpoints of webhooks that give something away.';

commit;
