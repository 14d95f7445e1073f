begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Recomputes the hashes of the audit log and compares it with bookings, counters and seals.
-- Names each row that is damaged, and how: changed, removed, inserted, reordered, cut_off. Of
-- the bookings that changed from p_from to before p_to (NULL: any time) all rows are looked at.
-- Seals show what was rewritten together with all hashes after it; that the seals were
-- rewritten, too, only those can show who received them: verify_receipts(). Returns the
-- findings; no row means sound. Raises ZB012 for a p_from after p_to.
create function bookingdb.verify_audit(
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  damage bookingdb.audit_damage, booking_id uuid, booking_version int, audit_id uuid, detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set bytea_output = 'hex'
set jit = off
as $$
begin
  if p_from > p_to then
    perform bookingdb.fail('ZB012', format('%s is no time before %s.', p_from, p_to), 'p_from');
  end if;
  return query
    select * from bookingdb.verify_chain(p_from, p_to, p_business_id)
    union all
    select * from bookingdb.verify_ends(p_from, p_to, p_business_id)
    union all
    select * from bookingdb.verify_surplus(p_from, p_to, p_business_id)
    union all
    select * from bookingdb.verify_seals(p_from, p_to, p_business_id)
    union all
    select * from bookingdb.verify_counters(p_business_id)
    order by 2, 3, 1;
end $$;
comment on function bookingdb.verify_audit is 'Damage of the audit log: which row, and how; no row means sound.';

commit;
