begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Erases the personal data of a business's bookings whose slot ended before p_before, the
-- oldest first. Returns how many.
create function bookingdb.erase_past_bookings(
  p_before timestamptz,
  p_limit int,
  p_business_id uuid
)
returns int
language plpgsql
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select b.booking_id
      from bookingdb.bookings b
      join bookingdb.time_slots s using (business_id, date, time)
     where b.business_id = p_business_id
       and b.date <= (p_before at time zone 'UTC')::date + 1
       and bookingdb.is_past(b, s, p_before)
     order by b.date
     limit p_limit);
  if v_ids <> '{}' then
    perform bookingdb.erase_bookings(v_ids, 'Kept for as long as the business keeps personal data.',
                                     null, p_business_id);
  end if;
  return cardinality(v_ids);
end $$;
comment on function bookingdb.erase_past_bookings is 'Erases the personal data of a business''s bookings that ended long ago.';

commit;
