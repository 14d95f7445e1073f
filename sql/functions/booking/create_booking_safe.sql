begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Books p_bouquets in a slot, or raises: there is nothing in between. With p_hold_for the
-- booking is held for that long and may lack name and e-mail; without, it is confirmed.
--
-- p_idempotency_key names the request: the same key and arguments give the same booking again,
-- also when both calls run at once and when the slot is now full, and change nothing. A failed
-- call leaves the key free.
--
-- Lead time, horizon and the customer's limit do not count for staff (performed_by admin); the
-- audit row says what was waived.
--
-- Locks: the customer where the business limits him; the slot row, by the counter update
-- of the trigger, after all work that does not need it, up to the commit. A slot that is full
-- or unknown is refused before, by a plain read.
-- Raises ZB001 to ZB005 (see why_unavailable), ZB009 key used with other arguments, ZB012,
-- ZB014 the customer's limit.
-- Returns the booking.
create function bookingdb.create_booking_safe(
  p_date date,
  p_time time,
  p_bouquets int,
  p_customer_name text,
  p_customer_email text,
  p_customer_phone text default null,
  p_payment_method bookingdb.payment_method default 'pay_on_arrival',
  p_notes text default null,
  p_idempotency_key text default null,
  p_hold_for interval default null,
  p_external_reference text default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := case when p_actor is not null then bookingdb.begin_actor(p_actor) end;
  v_now timestamptz := bookingdb.clock_now();
  v_digest bytea;
  v_limit int;  -- NULL as long as the slot does not seem to be open
  v_refusal text;
  v_booking bookingdb.bookings;
begin
  if bookingdb.check_booking_arguments(
    p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
    p_payment_method, p_notes, p_idempotency_key, p_hold_for, p_external_reference)
  then
    select s.customer_limit into v_limit
      from bookingdb.open_slots(p_business_id, v_now) s
     where (s.date, s.time) = (p_date, p_time) and s.remaining_bookings >= 1
       and s.remaining_bouquets >= p_bouquets;
  end if;
  if v_limit is null and p_idempotency_key is null then
    v_outer := bookingdb.check_slot(v_outer, p_business_id, p_date, p_time, p_bouquets);
  end if;
  if v_limit is distinct from 0 then
    v_refusal := bookingdb.customer_refusal(p_business_id, p_customer_email, p_date, null);
  end if;

  if p_idempotency_key is not null then
    v_digest := bookingdb.digest_of(jsonb_build_array(
      p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
      p_payment_method, p_notes, extract(epoch from p_hold_for), p_external_reference));
    -- After the look at slot and limit: who filled them with this very key is seen now.
    v_booking := bookingdb.find_by_key(p_business_id, p_idempotency_key, v_digest);
    if v_booking.booking_id is null and v_limit is null then
      v_outer := bookingdb.check_slot(v_outer, p_business_id, p_date, p_time, p_bouquets);
    end if;
  end if;
  if v_booking.booking_id is null and v_refusal is not null then
    v_outer := bookingdb.check_customer(v_outer, v_refusal);
  end if;

  while v_booking.booking_id is null loop
    insert into bookingdb.bookings (
      business_id, date, time, bouquets, customer_name, customer_email, customer_phone, notes,
      status, payment_method, hold_expires_at, idempotency_key, idempotency_digest,
      external_reference, created_at
    )
    values (
      p_business_id, p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
      p_notes, case when p_hold_for is null then 'confirmed' else 'held' end::bookingdb.booking_status,
      p_payment_method, v_now + p_hold_for, p_idempotency_key, v_digest, p_external_reference, v_now
    )
    on conflict (business_id, idempotency_key) where idempotency_key is not null do nothing
    returning * into v_booking;

    if v_booking.booking_id is null then  -- the same key won the race; deleted since, try again
      v_booking := bookingdb.find_by_key(p_business_id, p_idempotency_key, v_digest);
    end if;
  end loop;
  if v_outer is not null then
    perform bookingdb.end_actor(v_outer);
  end if;
  return v_booking;
end $$;
comment on function bookingdb.create_booking_safe is 'Books in a slot, never above its limits; with p_hold_for as a hold.';

commit;
