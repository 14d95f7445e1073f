begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many requests a rate limit allows now: a bucket that holds a fifth of the limit and
-- refills with four fifths of it a second, so that no second sees more than the limit. A clock
-- that was set back refills nothing, but does not stop it for longer than a minute either.
create function bookingdb.tokens_now(
  p_health bookingdb.webhook_endpoint_health,
  p_rate_limit int,
  p_now timestamptz
)
returns double precision
language sql
immutable
begin atomic
  select least(
    greatest(1, 0.2 * p_rate_limit),
    p_health.tokens + 0.8 * p_rate_limit
      * extract(epoch from case
          when abs(extract(epoch from p_now - p_health.tokens_at)) > 60 then interval '1 minute'
          else greatest(p_now - p_health.tokens_at, '0')
        end)
  )::double precision;
end;
comment on function bookingdb.tokens_now is 'How many requests a rate limit allows now.';

commit;
