begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Seals these rows of a business, chained to its last seal, and queues the event audit.sealed.
create function bookingdb.add_seal(
  p_business_id uuid,
  p_audit_ids uuid[],
  p_hashes bytea[],
  p_first_at timestamptz,
  p_last_at timestamptz
)
returns bookingdb.audit_seals
language plpgsql
as $$
declare
  v_seal bookingdb.audit_seals;
begin
  v_seal.seal_number := 1;
  select s.seal_number + 1, s.hash
    into v_seal.seal_number, v_seal.previous_hash
    from bookingdb.audit_seals s
   where s.business_id = p_business_id
   order by s.seal_number desc
   limit 1;
  v_seal.seal_number := coalesce(v_seal.seal_number, 1);
  v_seal.business_id := p_business_id;
  v_seal.sealed_at := bookingdb.clock_now();
  v_seal.row_count := cardinality(p_audit_ids);
  v_seal.first_at := p_first_at;
  v_seal.last_at := p_last_at;
  v_seal.audit_ids := p_audit_ids;
  v_seal.hashes := p_hashes;
  v_seal.root := bookingdb.merkle_root(p_hashes);
  v_seal.hash := bookingdb.seal_hash(v_seal);
  insert into bookingdb.audit_seals select v_seal.*;
  perform bookingdb.queue_event(p_business_id, 'audit.sealed', jsonb_build_object(
    'seal', bookingdb.seal_claim(v_seal)), null);
  return v_seal;
end $$;
comment on function bookingdb.add_seal is 'Seals rows of the audit log.';

commit;
