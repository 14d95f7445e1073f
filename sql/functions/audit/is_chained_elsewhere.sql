begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a hash is the last of a booking before months of its log were dropped, or is that
-- of a row of another business, which the booking came from or went to.
create function bookingdb.is_chained_elsewhere(
  p_booking_id uuid,
  p_hash bytea,
  p_business_id uuid
)
returns boolean
language sql
stable
begin atomic
  select exists (
    select from bookingdb.audit_chain_cuts c
     where c.booking_id = p_booking_id and c.hash = p_hash
  ) or exists (
    select from bookingdb.booking_audit_log l
     where l.booking_id = p_booking_id
       and l.business_id <> p_business_id
       and (l.hash = p_hash or l.previous_hash = p_hash)
  );
end;
comment on function bookingdb.is_chained_elsewhere is 'True when the row of a hash was dropped, or is of another business.';

commit;
