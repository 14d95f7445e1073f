begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Puts a customer on the waiting list of a slot, as a booking that waits and takes no place.
-- Whenever a place becomes free, by whatever writer, it is offered in the same transaction to
-- the first in line whom it suffices: the booking becomes a hold for the business's
-- hold_time_to_live, which confirm_booking() accepts and leave_waitlist() declines. If there is
-- room already, the place is offered at once. An offer that runs out goes to the next in line
-- when expire_holds() runs, or somebody else joins the line.
-- Locks: the slot, up to the commit.
-- Raises ZB001, ZB004, ZB005 a slot that is not open, ZB003 more than the slot ever takes,
-- ZB012 malformed arguments, or the customer waits there, or holds a place, already.
-- Returns the booking.
create function bookingdb.join_waitlist(
  p_date date,
  p_time time,
  p_bouquets int,
  p_customer_name text,
  p_customer_email text,
  p_customer_phone text default null,
  p_notes text default null,
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns bookingdb.bookings
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_booking bookingdb.bookings;
begin
  perform bookingdb.check_booking_arguments(
    p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
    'pay_on_arrival', p_notes, null, null, null);
  perform bookingdb.fail(r.code, r.detail, r.subject)
     from bookingdb.slot_refusals(p_business_id, p_date, p_time, p_bouquets, bookingdb.clock_now()) r
    where r.code not in ('ZB002', 'ZB003')
    limit 1;
  perform bookingdb.check_slot_size(p_business_id, p_date, p_time, p_bouquets);
  perform bookingdb.lock_slot(p_business_id, p_date, p_time);
  perform bookingdb.expire_slot_holds(p_business_id, p_date, p_time, null, null);
  perform bookingdb.fail('ZB012', format('%s holds a place in the slot on %s at %s already: %s.',
                                         p_customer_email, p_date, p_time, b.booking_id),
                         'p_customer_email')
     from bookingdb.bookings b
    where b.business_id = p_business_id
      and b.date = p_date
      and b.time = p_time
      and b.status = 'held'
      and b.hold_expires_at > bookingdb.clock_now()
      and lower(b.customer_email) = lower(p_customer_email);
  insert into bookingdb.bookings (
    business_id, date, time, bouquets, customer_name, customer_email, customer_phone, notes, status
  )
  values (
    p_business_id, p_date, p_time, p_bouquets, p_customer_name, p_customer_email, p_customer_phone,
    p_notes, 'waiting'
  )
  on conflict (business_id, date, time, lower(customer_email)) where status = 'waiting' do nothing
  returning * into v_booking;
  if not found then
    perform bookingdb.fail('ZB012', format('%s waits for the slot on %s at %s already.',
                                           p_customer_email, p_date, p_time), 'p_customer_email');
  end if;
  perform bookingdb.end_actor(v_outer);
  return bookingdb.get_booking(v_booking.booking_id, p_business_id);  -- it may be offered by now
end $$;
comment on function bookingdb.join_waitlist is 'Puts a customer on the waiting list of a slot.';

commit;
