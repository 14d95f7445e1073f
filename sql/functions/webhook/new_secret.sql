begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Returns p_secret, or a new one of 32 random bytes when it is NULL.
-- Raises ZB012 unless it is whsec_ and 24 to 64 bytes in base64, as Standard Webhooks has it.
create function bookingdb.new_secret(p_secret text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_secret is null then
    return 'whsec_' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64');
  end if;
  if p_secret !~ '^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
     or octet_length(decode(substring(p_secret from 7), 'base64')) not between 24 and 64 then
    perform bookingdb.fail('ZB012', 'Must be whsec_ and 24 to 64 bytes in base64; NULL for a new one.', 'p_secret');
  end if;
  return p_secret;
end $$;
comment on function bookingdb.new_secret is 'A signing secret: the one given, or a new one.';

commit;
