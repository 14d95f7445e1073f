begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when the text says something and is no longer than p_max characters; NULL for NULL.
create function bookingdb.is_text(p_value text, p_max int)
returns boolean
language plpgsql
immutable strict parallel safe
as $$
begin
  return p_value ~ '\S' and char_length(p_value) <= p_max;
end $$;
comment on function bookingdb.is_text is 'True for a text that is not blank and not too long.';

commit;
