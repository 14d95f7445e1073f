begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- SHA-256 of a request's arguments, by which a repeated one is known.
create function bookingdb.digest_of(p_request jsonb)
returns bytea
language sql
immutable
begin atomic
  select sha256(convert_to(p_request::text, 'UTF8'));
end;
comment on function bookingdb.digest_of is 'SHA-256 of the arguments of a request.';

commit;
