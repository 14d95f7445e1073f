begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The rules in p_hours as rows, one per weekday; see set_opening_hours for the keys.
-- Raises ZB012, naming the element (from 1), for what cannot be read.
create function bookingdb.read_hours(p_hours jsonb)
returns table (
  weekday int, opens time, closes time, slot_interval interval, max_bookings int, max_bouquets int
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule jsonb;
  v_place bigint;
  v_keys text[];
  v_problem text;
begin
  if jsonb_typeof(p_hours) is distinct from 'array' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of rules.', 'p_hours');
  end if;
  for v_rule, v_place in select * from jsonb_array_elements(p_hours) with ordinality loop
    begin
      v_keys := array(select jsonb_object_keys(v_rule) order by 1);
      if v_keys <> '{closes,max_bookings,max_bouquets,opens,slot_interval,weekday}' then
        perform bookingdb.fail(
          'ZB012', format('Its keys are %s; a rule has weekday, opens, closes, slot_interval, '
                          'max_bookings and max_bouquets.', array_to_string(v_keys, ', ')),
          format('p_hours, element %s', v_place));
      end if;
      if v_rule -> 'weekday' = '[]' then
        perform bookingdb.fail('ZB012', 'Its weekday names no day.',
                               format('p_hours, element %s', v_place));
      end if;
      return query
        select w.weekday::int, (v_rule ->> 'opens')::time,
               coalesce(nullif((v_rule ->> 'closes')::time, '00:00'), '24:00'),
               (v_rule ->> 'slot_interval')::interval, (v_rule ->> 'max_bookings')::int,
               (v_rule ->> 'max_bouquets')::int
          from jsonb_array_elements_text(
                 case jsonb_typeof(v_rule -> 'weekday')
                   when 'array' then v_rule -> 'weekday'
                   else jsonb_build_array(v_rule -> 'weekday')
                 end) as w (weekday);
    exception when data_exception then
      get stacked diagnostics v_problem = message_text;
      perform bookingdb.fail('ZB012', v_problem || '.', format('p_hours, element %s', v_place));
    end;
  end loop;
end $$;
comment on function bookingdb.read_hours is 'The rules in a JSON array of opening hours as rows.';

commit;
