begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_requests is an array of objects with known keys only.
create function bookingdb.check_requests(p_requests jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text;
begin
  if jsonb_typeof(p_requests) is distinct from 'array' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of requests.', 'p_requests');
  end if;
  select case
           when jsonb_typeof(r.request) <> 'object' then format('Element %s is no object.', r.place)
           else format('Element %s has the unknown key %L.', r.place, k.key)
         end
    into v_problem
    from jsonb_array_elements(p_requests) with ordinality as r (request, place)
    left join lateral jsonb_object_keys(
      case jsonb_typeof(r.request) when 'object' then r.request else '{}' end) as k (key) on true
   where jsonb_typeof(r.request) <> 'object'
      or k.key not in ('date', 'time', 'bouquets', 'customer_name', 'customer_email',
                       'customer_phone', 'payment_method', 'notes', 'idempotency_key', 'hold_for',
                       'external_reference')
   order by r.place, k.key
   limit 1;
  if v_problem is not null then
    perform bookingdb.fail('ZB012', v_problem, 'p_requests');
  end if;
end $$;
comment on function bookingdb.check_requests is 'Raises ZB012 unless p_requests is an array of objects with known keys only.';

commit;
