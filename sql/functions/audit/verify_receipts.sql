begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Compares what a receiver of webhooks holds with what the database says now, so that even who
-- can rewrite everything here is found out. p_receipts: the bodies of events, an array of at
-- most 10,000; of those about bookings the row of the audit log must be there with its hash, of
-- audit.sealed the seal. The rest is passed over, and so is what was sent before rows had a
-- hash. Returns what differs, with its place in the array, from 1. Raises ZB012 for anything
-- but an array of events of this business.
create function bookingdb.verify_receipts(
  p_receipts jsonb,
  p_business_id uuid default bookingdb.default_business_id()
)
returns table (
  receipt int, damage bookingdb.audit_damage, booking_id uuid, booking_version int,
  audit_id uuid, detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
  perform bookingdb.check_receipts(p_receipts, p_business_id);
  return query
    with claim as materialized (
      select r.n::int as n, r.event #>> '{data,booking,booking_id}' as booking_id,
             r.event #>> '{data,version}' as version, r.event #>> '{data,audit,id}' as audit_id,
             r.event #>> '{data,audit,hash}' as hash, r.event #> '{data,seal}' as seal
        from jsonb_array_elements(p_receipts) with ordinality as r (event, n)
    )
    select c.n, case when l.id is null then 'removed' else 'changed' end::bookingdb.audit_damage,
           c.booking_id::uuid, c.version::int, c.audit_id::uuid,
           case when l.id is null then 'The row that it tells of is not there.'
             else 'The row that it tells of has another hash.' end
      from claim c
      left join bookingdb.booking_audit_log l
        on l.business_id = p_business_id
       and l.booking_id = c.booking_id::uuid
       and l.booking_version = c.version::int
       and l.id = c.audit_id::uuid
     where c.hash is not null
       and encode(l.hash, 'hex') is distinct from c.hash
       and not (l.id is null
                and bookingdb.is_kept_leaf(c.audit_id::uuid, decode(c.hash, 'hex'), p_business_id))
    union all
    select c.n, case when s.root is null then 'removed' else 'changed' end::bookingdb.audit_damage,
           null, null, null,
           format('Seal %s %s.', c.seal ->> 'seal_number',
                  case when s.root is null then 'is not there' else 'says something else' end)
      from claim c
      left join bookingdb.audit_seals s
        on s.business_id = p_business_id and s.seal_number = (c.seal ->> 'seal_number')::int
     where c.seal is not null
       and (s.root is null or bookingdb.seal_claim(s) <> c.seal)
     order by 1;
end $$;
comment on function bookingdb.verify_receipts is 'What differs between the webhooks that somebody received and the database.';

commit;
