begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_headers is an object of header names and their values, without those
-- that every webhook has.
create function bookingdb.check_webhook_headers(p_headers jsonb)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text;
begin
  if jsonb_typeof(p_headers) <> 'object' then
    perform bookingdb.fail('ZB012', 'It must be a JSON object.', 'p_headers');
  end if;
  select format('%L %s.', left(h.key, 100), p.problem)
    into v_problem
    from jsonb_each(p_headers) h
   cross join lateral (select bookingdb.header_problem(h.key, h.value)) as p (problem)
   where p.problem is not null
   limit 1;
  if found then
    perform bookingdb.fail('ZB012', v_problem, 'p_headers');
  elsif (select count(*) <> count(distinct lower(k)) or count(*) > 20
           from jsonb_object_keys(p_headers) k) then
    perform bookingdb.fail('ZB012', 'At most 20 headers, each of them once.', 'p_headers');
  end if;
end $$;
comment on function bookingdb.check_webhook_headers is 'Raises ZB012 unless p_headers is an object of headers.';

commit;
