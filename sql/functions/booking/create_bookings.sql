begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Books all of p_requests or none. Each element is an object with the arguments of
-- create_booking_safe, without p_ and without actor and business.
--
-- Locks: the customers where the business limits them, then the slots in the order of
-- date and time, as everywhere, whatever the order of p_requests.
-- Raises what create_booking_safe raises; the DETAIL begins with the element (from 1). ZB012
-- for what is no array of such objects.
-- Returns the bookings in the order of p_requests.
create function bookingdb.create_bookings(
  p_requests jsonb,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns setof bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_request record;
  v_bookings bookingdb.bookings[];
  v_place int;
  v_message text;
  v_detail text;
  v_hint text;
begin
  perform bookingdb.check_requests(p_requests);
  for v_place in select generate_series(1, jsonb_array_length(p_requests)) loop
    perform r.date, r.time  -- can be read; else the error names the element
       from jsonb_to_record(p_requests -> (v_place - 1)) as r (date date, "time" time);
  end loop;
  v_place := null;
  perform bookingdb.lock_customer(p_business_id, c.email)
     from (select distinct lower(r.request ->> 'customer_email')
             from jsonb_array_elements(p_requests) as r (request)
            order by 1) as c (email);
  for v_place in
    select r.place::int
      from jsonb_array_elements(p_requests) with ordinality as r (request, place)
     order by (r.request ->> 'date')::date, (r.request ->> 'time')::time, r.place
  loop
    select * into v_request
      from jsonb_to_record(p_requests -> (v_place - 1)) as r (
        date date, "time" time, bouquets int, customer_name text, customer_email text,
        customer_phone text, payment_method bookingdb.payment_method, notes text,
        idempotency_key text, hold_for interval, external_reference text);
    v_bookings[v_place] := bookingdb.create_booking_safe(
      p_date => v_request.date,
      p_time => v_request.time,
      p_bouquets => v_request.bouquets,
      p_customer_name => v_request.customer_name,
      p_customer_email => v_request.customer_email,
      p_customer_phone => v_request.customer_phone,
      p_payment_method => coalesce(v_request.payment_method, 'pay_on_arrival'),
      p_notes => v_request.notes,
      p_idempotency_key => v_request.idempotency_key,
      p_hold_for => v_request.hold_for,
      p_external_reference => v_request.external_reference,
      p_business_id => p_business_id);
  end loop;
  perform bookingdb.end_actor(v_outer);
  return query select * from unnest(v_bookings);
exception when others then
  get stacked diagnostics
    v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  if v_place is null then
    raise;
  end if;
  v_detail := concat_ws(' ', format('Element %s.', v_place), nullif(v_detail, ''));
  if sqlstate like '22%' then  -- a value that is not of its type
    perform bookingdb.fail('ZB012', concat_ws(' ', v_detail, v_message || '.'), 'p_requests');
  end if;
  raise exception using errcode = sqlstate, message = v_message, detail = v_detail, hint = v_hint;
end $$;
comment on function bookingdb.create_bookings is 'Books all of a batch or none of it.';

commit;
