begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Slots of a business whose counters are not what a recount of the bookings gives.
create function bookingdb.verify_counters(p_business_id uuid)
returns table (
  damage bookingdb.audit_damage, booking_id uuid, booking_version int, audit_id uuid, detail text
)
language sql
stable
begin atomic
  select 'changed'::bookingdb.audit_damage, null::uuid, null::int, null::uuid,
         format('%s %s: %s', c.check_name, c.object, c.detail)
    from bookingdb.check_counters() c
   where c.object like p_business_id || ' %';
end;
comment on function bookingdb.verify_counters is 'Slots whose counters are not what a recount gives.';

commit;
