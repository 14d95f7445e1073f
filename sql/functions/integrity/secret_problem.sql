begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is wrong with a signing secret; NULL: nothing. Standard Webhooks wants 24 to 64 random
-- bytes; bytes that repeat are not random.
create function bookingdb.secret_problem(p_secret text)
returns text
language sql
immutable
begin atomic
  select case
    when p_secret !~ '^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
      then 'is no whsec_ and base64'
    when octet_length(s.bytes) < 24 then format('has %s bytes, less than 24', octet_length(s.bytes))
    when (select count(distinct get_byte(s.bytes, i))
            from generate_series(0, octet_length(s.bytes) - 1) i) < 10
      then 'repeats few bytes: it was not made at random'
  end
    from (
      select case when p_secret ~ '^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
                  then decode(substring(p_secret from 7), 'base64') end
    ) as s (bytes);
end;
comment on function bookingdb.secret_problem is 'What is wrong with a signing secret.';

commit;
