begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The dates in a JSON array of closures, each with its reason; see add_closures for the keys.
-- Raises ZB012, naming the element (from 1), for what cannot be read.
create function bookingdb.read_closures(p_closures jsonb)
returns table (date date, reason text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_closure jsonb;
  v_place bigint;
  v_from date;
  v_to date;
  v_problem text;
begin
  if jsonb_typeof(p_closures) is distinct from 'array' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of closures.', 'p_closures');
  end if;
  for v_closure, v_place in select * from jsonb_array_elements(p_closures) with ordinality loop
    begin
      v_problem := case
        when jsonb_typeof(v_closure) <> 'object' then 'It is no object.'
        when v_closure - '{from,to,reason}'::text[] <> '{}' or v_closure ->> 'from' is null
          then 'It has from, and may have to and reason, and nothing else.'
        when not bookingdb.is_text(v_closure ->> 'reason', 1000)
          then 'Its reason must not be blank or longer than 1000 characters.'
      end;
      if v_problem is null then
        v_from := (v_closure ->> 'from')::date;
        v_to := coalesce((v_closure ->> 'to')::date, v_from);
        if not bookingdb.is_date(v_from) or not bookingdb.is_date(v_to)
          or v_to - v_from not between 0 and 3660
        then
          v_problem := format('From %s to %s is no range of dates, or one of more than 3660 days.', v_from, v_to);
        end if;
      end if;
    exception when data_exception then
      get stacked diagnostics v_problem = message_text;
    end;
    if v_problem is not null then
      perform bookingdb.fail('ZB012', v_problem, format('p_closures, element %s', v_place));
    end if;
    return query
      select d::date, v_closure ->> 'reason'
        from generate_series(v_from::timestamp, v_to::timestamp, interval '1 day') as d;
  end loop;
end $$;
comment on function bookingdb.read_closures is 'The dates in a JSON array of closures.';

commit;
