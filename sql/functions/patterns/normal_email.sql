begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- An e-mail address as one customer's: lower case, without what stands after a plus. NULL for
-- one that was erased.
create function bookingdb.normal_email(p_email text)
returns text
language sql
immutable
parallel safe
begin atomic
  select case when lower(p_email) not like '%@erased.invalid'
              then regexp_replace(lower(p_email), '\+[^@]*@', '@') end;
end;
comment on function bookingdb.normal_email is 'An e-mail address as one customer''s: lower case, no tag.';

commit;
