begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Takes over bookings of another system, each for itself: what is booked stays booked when
-- another one fails. To try it first, roll the transaction back.
-- p_rows: array of objects with the keys of create_bookings() except hold_for and
-- idempotency_key, dates and times in ISO 8601, and
--   payment_status   pending (default) or paid
--   status           confirmed (default); others are rejected
-- p_source: name of the import. It and the row's number name a row: a second import of the same
-- rows books none twice. p_first_row: number of the first of p_rows in the source. Of those who
-- want the same slot, whoever comes first keeps the place. What has no place here (ZB001 to
-- ZB005: no such slot, full, begun; ZB014 the customer's limit, unless staff imports) goes to
-- booking_quarantine, and is tried again by the next import of it, unless staff has discarded
-- it; what cannot be understood is rejected, and so is a row that was another one before
-- (ZB009). Nothing is dropped silently.
-- Locks: the source; the customers where the business limits them; what is in quarantine of
-- these rows; then the slots in the order of date and time.
-- Raises ZB012 for what is no array, a first row below 1, a blank or overlong source.
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
  v_results jsonb[];
  v_row record;
begin
  perform bookingdb.get_business(p_business_id);
  if jsonb_typeof(p_rows) is distinct from 'array' then
    perform bookingdb.fail('ZB012', 'It must be a JSON array of rows.', 'p_rows');
  elsif bookingdb.is_text(p_source, 200) is not true then
    perform bookingdb.fail('ZB012', 'It must not be blank or longer than 200 characters.', 'p_source');
  elsif (p_first_row between 1 and 2147483647 - jsonb_array_length(p_rows)) is not true then
    perform bookingdb.fail('ZB012', 'It must be at least 1, and leave numbers for all rows.', 'p_first_row');
  end if;
  perform pg_advisory_xact_lock(hashtextextended(  -- one import of a source at a time
    concat_ws(' ', 'bookingdb import', p_business_id, p_source), 0));
  perform bookingdb.lock_customer(p_business_id, c.email)
     from (select distinct lower(r.request ->> 'customer_email')
             from jsonb_array_elements(p_rows) as r (request)
            order by 1) as c (email);
  perform from bookingdb.booking_quarantine q  -- as adopt_quarantined: before any slot
    where q.business_id = p_business_id
      and q.source = p_source
      and q.row_number between p_first_row and p_first_row + jsonb_array_length(p_rows) - 1
    order by q.row_number
      for no key update;
  for v_row in
    select r.place::int, r.request
      from jsonb_array_elements(p_rows) with ordinality as r (request, place)
     order by r.request ->> 'date',
              left(regexp_replace(r.request ->> 'time', '^(\d):', '0\1:'), 5),
              r.place
  loop
    v_results[v_row.place] := to_jsonb(bookingdb.import_row(
      v_row.request, p_source, p_first_row + v_row.place - 1, p_business_id));
  end loop;
  perform bookingdb.end_actor(v_outer);
  return query
    select (p_first_row + n.place - 1)::int, r.outcome, r.booking_id, r.code, r.detail
      from unnest(v_results) with ordinality as n (result, place)
     cross join lateral jsonb_to_record(n.result) as r (
       outcome bookingdb.import_outcome, booking_id uuid, code text, detail text)
     order by n.place;
end $$;
comment on function bookingdb.import_bookings is 'Takes over bookings of another system; what has no place is quarantined.';

commit;
