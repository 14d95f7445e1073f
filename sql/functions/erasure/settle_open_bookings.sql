begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does with the open bookings of a customer, locked by the caller, what p_policy says. Who
-- waits is taken off the list in any case but refusal, and first, so that nothing is offered to
-- him: there is nobody left to be told of it. Not cancel_booking(): no window closes this.
-- Raises ZB019 when there are some and they are to stay.
create function bookingdb.settle_open_bookings(
  p_booking_ids uuid[],
  p_policy bookingdb.open_bookings,
  p_email text,
  p_business_id uuid
)
returns void
language plpgsql
as $$
declare
  v_open uuid[] := array(
    select b.booking_id
      from bookingdb.bookings b
     where b.business_id = p_business_id
       and b.booking_id = any (p_booking_ids)
       and lower(b.customer_email) = lower(p_email)
       and bookingdb.is_open(b)
     order by b.date, b.time, b.booking_id);
begin
  if p_policy = 'refuse' and cardinality(v_open) > 0 then
    perform bookingdb.fail('ZB019', format('%s: %s.', cardinality(v_open),
                           array_to_string(v_open, ', ')));
  end if;
  perform bookingdb.end_waits(p_booking_ids, p_email, p_business_id);
  if p_policy = 'cancel' then
    update bookingdb.bookings b
       set status = 'cancelled'
     where b.business_id = p_business_id
       and b.booking_id = any (v_open)
       and b.status in ('held', 'confirmed');
  end if;
end $$;
comment on function bookingdb.settle_open_bookings is 'Does with the open bookings of a customer what the policy says.';

commit;
