begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when an endpoint is to get an event of that type that happened then.
create function bookingdb.is_subscribed(
  p_event_types text[],
  p_subscribed_at timestamptz[],
  p_event_type text,
  p_event_at timestamptz
)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select exists (
    select from unnest(p_event_types, p_subscribed_at) as s (event_type, since)
     where bookingdb.matches_event(s.event_type, p_event_type)
       and p_event_at >= s.since
  );
end;
comment on function bookingdb.is_subscribed is 'True when an endpoint is to get an event.';

commit;
