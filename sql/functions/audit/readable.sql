begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A value of a booking in the log as people read it: times without seconds that are none,
-- instants in UTC, several with commas, (none) for what is empty.
create function bookingdb.readable(p_value jsonb)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_value #>> '{}';
begin
  if v_text is null then
    return '(none)';
  elsif jsonb_typeof(p_value) = 'array' then
    return coalesce(
      (select string_agg(bookingdb.readable(e.value), ', ' order by e.place)
         from jsonb_array_elements(p_value) with ordinality as e (value, place)), '(none)');
  elsif jsonb_typeof(p_value) = 'boolean' then
    return case v_text when 'true' then 'yes' else 'no' end;
  elsif v_text ~ '^\d\d:\d\d:\d\d(\.\d+)?$' then
    return regexp_replace(v_text, ':00$', '');
  elsif v_text ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?$' then
    v_text := replace(replace(v_text, 'T', ' '), '+00:00', ' UTC');
    return regexp_replace(v_text, '^(.{16}):00( UTC)?$', '\1\2');
  end if;
  return v_text;
end $$;
comment on function bookingdb.readable is 'A value of a booking in the log as people read it.';

commit;
