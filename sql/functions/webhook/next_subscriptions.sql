begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The patterns that an endpoint has once p_event_types replace its own, and since when each
-- counts. What an old pattern covers counts since then; an old pattern that a new one covers
-- stays, so that no change is missed that was made before and is not relayed yet.
create function bookingdb.next_subscriptions(
  p_endpoint bookingdb.webhook_endpoints,
  p_event_types text[],
  p_now timestamptz
)
returns table (event_type text, since timestamptz)
language sql
immutable
begin atomic
  with old as (
    select * from unnest(p_endpoint.event_types, p_endpoint.subscribed_at) as o (event_type, since)
  )
  select n.event_type,
         coalesce(min(o.since) filter (where bookingdb.matches_event(o.event_type, n.event_type)), p_now)
    from unnest(p_event_types) as n (event_type)
    left join old o on true
   group by n.event_type
  union all
  select o.event_type, o.since
    from old o
   where o.event_type <> all (p_event_types)
     and exists (
       select from unnest(p_event_types) n where bookingdb.matches_event(n, o.event_type)
     );
end;
comment on function bookingdb.next_subscriptions is 'The patterns that an endpoint has once new ones replace its own.';

commit;
