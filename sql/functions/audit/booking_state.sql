begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A booking as it was at p_at, NULL when it was not there: what the last change until then made
-- of it, else what the first change after it found, which is all there is of a booking whose
-- beginning was dropped from the log, else the booking as it is.
create function bookingdb.booking_state(p_business_id uuid, p_booking_id uuid, p_at timestamptz)
returns bookingdb.bookings
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_values jsonb;
  v_booking bookingdb.bookings;
begin
  select l.new_values into v_values
    from bookingdb.booking_audit_log l
   where l.business_id = p_business_id
     and l.booking_id = p_booking_id
     and l.created_at <= p_at
   order by l.created_at desc, l.booking_version desc
   limit 1;
  if not found then
    select l.old_values into v_values
      from bookingdb.booking_audit_log l
     where l.business_id = p_business_id
       and l.booking_id = p_booking_id
       and l.created_at > p_at
     order by l.created_at, l.booking_version
     limit 1;
  end if;
  if found then
    return jsonb_populate_record(null::bookingdb.bookings, v_values);
  end if;
  select * into v_booking
    from bookingdb.bookings b
   where b.business_id = p_business_id
     and b.booking_id = p_booking_id
     and b.created_at <= p_at;
  return v_booking;
end $$;
comment on function bookingdb.booking_state is 'A booking as it was at an instant, NULL when it was not there.';

commit;
