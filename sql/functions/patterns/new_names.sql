begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The first change under each name that an e-mail or a telephone is used with.
create function bookingdb.new_names(p_from timestamptz, p_to timestamptz, p_business_id uuid)
returns table (pattern text, subject text, booking_id uuid, happened_at timestamptz)
language sql
stable
begin atomic
  select distinct on (s.subject, n.name) 'many_names', s.subject, c.booking_id, c.changed_at
    from bookingdb.logged_changes(p_from, p_to, p_business_id) c
   cross join lateral (values (c.email), (c.phone)) as s (subject)
   cross join lateral (
     select lower(regexp_replace(trim(c.row_values ->> 'customer_name'), '\s+', ' ', 'g'))
   ) as n (name)
   where s.subject is not null
     and n.name <> '[erased]'
   order by s.subject, n.name, c.changed_at, c.booking_id;
end;
comment on function bookingdb.new_names is 'The names that an e-mail or a telephone is used with.';

commit;
