begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is wrong with a header of an endpoint's own; NULL: nothing.
create function bookingdb.header_problem(p_name text, p_value jsonb)
returns text
language sql
immutable
parallel safe
begin atomic
  select case
    when p_name !~ '^[A-Za-z0-9!#$%&''*+.^_`|~-]{1,100}$' then 'is no name of a header'
    when lower(p_name) ~ '^(webhook|content)-'
      or lower(p_name) in ('host', 'connection', 'transfer-encoding', 'accept-encoding', 'te',
                           'trailer', 'upgrade', 'expect', 'keep-alive')
      then 'is not yours to set'
    when jsonb_typeof(p_value) <> 'string' then 'must be a string'
    when p_value #>> '{}' !~ '^([!-~][ -~]*)?$' or char_length(p_value #>> '{}') > 4000
      then 'may have printable ASCII only, no blank at its begin, at most 4000 characters'
  end;
end;
comment on function bookingdb.header_problem is 'What is wrong with a header of an endpoint''s own.';

commit;
