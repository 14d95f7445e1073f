begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes over bookings of another system, each for itself: what is booked stays booked when
-- another one fails. To try it first, roll the transaction back.
-- p_rows: array of objects with the keys of create_bookings() except hold_for, and
--   payment_status   pending (default) or paid
--   status           confirmed (default); others are rejected
-- p_source: name of the import. It and the row's number name a row: a second import of the same
-- rows books none twice. p_first_row: number of the first of p_rows in the source. Whoever was
-- there first keeps the place: rows are booked by date, time and number. What has no place here
-- (ZB001 to ZB005: no such slot, full, begun) goes to booking_quarantine; what cannot be
-- understood is rejected. Nothing is dropped silently.
-- Locks: the slots in the order of date and time.
-- Raises ZB012 for what is no array, and a blank or overlong source.
-- Returns for each row what became of it, and why, in the order of p_rows.
create function bookingdb.import_bookings(
  p_rows jsonb,
  p_source text,
  p_first_row int default 1,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  row_number int, outcome bookingdb.import_outcome, booking_id uuid, code text, detail text
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_results jsonb := jsonb_build_object();
  v_row record;
begin
  perform bookingdb.get_business(p_business_id);
  if jsonb_typeof(p_rows) is distinct from 'array' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of rows.', 'p_rows');
  elsif bookingdb.is_text(p_source, 200) is not true then
    perform bookingdb.fail('ZB012', 'It must not be blank or longer than 200 characters.', 'p_source');
  elsif p_first_row is null then
    perform bookingdb.fail('ZB012', 'It is required.', 'p_first_row');
  end if;
  for v_row in
    select (p_first_row + r.place - 1)::int as number, r.request
      from jsonb_array_elements(p_rows) with ordinality as r (request, place)
     order by r.request ->> 'date', r.request ->> 'time', r.place
  loop
    v_results := v_results || jsonb_build_object(
      v_row.number,
      to_jsonb(bookingdb.import_row(v_row.request, p_source, v_row.number, p_business_id)));
  end loop;
  perform bookingdb.end_actor(v_outer);
  return query
    select n.number, r.outcome, r.booking_id, r.code, r.detail
      from generate_series(p_first_row, p_first_row + jsonb_array_length(p_rows) - 1) as n (number)
     cross join lateral jsonb_to_record(v_results -> n.number::text) as r (
       outcome bookingdb.import_outcome, booking_id uuid, code text, detail text)
     order by n.number;
end $$;
comment on function bookingdb.import_bookings is 'Takes over bookings of another system; what has no place is quarantined.';

commit;
