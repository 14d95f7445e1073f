begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The digits of a telephone number, without (0) and leading zeros; NULL for less than six.
create function bookingdb.normal_phone(p_phone text)
returns text
language sql
immutable
parallel safe
begin atomic
  select case when char_length(d.digits) >= 6 then d.digits end
    from (
      select ltrim(regexp_replace(replace(p_phone, '(0)', ''), '\D', '', 'g'), '0')
    ) as d (digits);
end;
comment on function bookingdb.normal_phone is 'The digits of a telephone number.';

commit;
