begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is wrong with a header of an endpoint's own as a credential; NULL: nothing, or it is
-- none. Well-known words, fewer than 8 characters; in Basic also a password that is the user.
create function bookingdb.credential_problem(p_name text, p_value text)
returns text
language sql
immutable
begin atomic
  select case
    when lower(p.password) = any (
           '{changeme,change-me,change_me,secret,password,passwd,passw0rd,test,testing,admin,root,
             default,example,demo,token,apikey,api-key,letmein,qwerty,1234,12345,123456,12345678,
             123456789,abc123,foobar,dummy,sample,placeholder,todo,none,null}'::text[])
      or p.password = p.username then 'is a well-known value'
    when char_length(p.password) < 8 then 'is shorter than 8 characters'
  end
    from (
      select regexp_replace(c.value, '^(bearer|basic|token|apikey)\s+', '', 'i') as bare,
             c.value ~* '^basic\s+([a-z0-9+/]{4})*([a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$' as is_basic
        from (select trim(p_value)) as c (value)
    ) b
   cross join lateral (
     select case when b.is_basic then encode(decode(b.bare, 'base64'), 'escape') else b.bare end
   ) as d (credential)
   cross join lateral (
     select substring(d.credential from position(':' in d.credential) + 1),
            case when d.credential like '%:%' then split_part(d.credential, ':', 1) end
   ) as p (password, username)
   where p_name ~* '(auth|token|secret|password|key|credential)'
      or p_value ~* '^\s*(basic|bearer)\s';
end;
comment on function bookingdb.credential_problem is 'What is wrong with a header of an endpoint''s own as a credential.';

commit;
