begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The hash of the audit row that a booking's last change wrote, which the next one is chained
-- to. By the key of that row, which a change of our own always has; else by its version,
-- wherever it is; else the one that was kept when its month was dropped. NULL: that row is not
-- written yet, as one statement changed several bookings and this one by what follows from it.
create function bookingdb.last_hash_of(p_booking bookingdb.bookings)
returns bytea
language plpgsql
stable
as $$
declare
  v_hash bytea;
begin
  select l.hash into v_hash
    from bookingdb.booking_audit_log l
   where l.business_id = p_booking.business_id
     and l.booking_id = p_booking.booking_id
     and l.booking_version = p_booking.version
     and l.created_at = p_booking.updated_at;
  if v_hash is null then
    select l.hash into v_hash
      from bookingdb.booking_audit_log l
     where l.business_id = p_booking.business_id
       and l.booking_id = p_booking.booking_id
       and l.booking_version = p_booking.version
     order by l.created_at desc
     limit 1;
  end if;
  return coalesce(v_hash, (
    select c.hash
      from bookingdb.audit_chain_cuts c
     where c.business_id = p_booking.business_id
       and c.booking_id = p_booking.booking_id
       and c.booking_version = p_booking.version));
end $$;
comment on function bookingdb.last_hash_of is 'The hash that a booking''s next audit row is chained to.';

commit;
