begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True for something@host.domain without white space, of at most 254 characters (RFC 5321),
-- NULL for NULL. Whether anybody reads mail there, only a mail can tell.
create function bookingdb.is_email(p_value text)
returns boolean
language plpgsql
immutable strict parallel safe
as $$
begin
  return char_length(p_value) <= 254
     and p_value ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+\.[^@.[:space:][:cntrl:]]+$';
end $$;
comment on function bookingdb.is_email is 'True for a text of the form of an e-mail address.';

commit;
