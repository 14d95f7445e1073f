begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The proof that a row of the audit log is covered by a seal: its hash, its place among the
-- rows of the seal, and the path from it to the root, as merkle_path() gives it. Also of a row
-- whose month was dropped. Raises ZB012 when no seal covers such a row (yet): call
-- seal_audit().
create function bookingdb.audit_proof(
  p_audit_id uuid,
  p_business_id uuid default bookingdb.default_business_id(),
  out audit_id uuid, out hash bytea, out leaf_number int, out path text[], out root bytea,
  out seal_number int, out sealed_at timestamptz, out row_count int,
  out previous_seal_hash bytea, out seal_hash bytea
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seal bookingdb.audit_seals;
begin
  select * into v_seal
    from bookingdb.audit_seals s
   where s.business_id = p_business_id
     and s.seal_number = bookingdb.seal_of(p_audit_id, p_business_id);
  if not found then
    perform bookingdb.fail('ZB012', format('No seal covers a row %s; seal_audit() may help.',
                           coalesce(p_audit_id::text, 'NULL')), 'p_audit_id');
  end if;
  audit_id := p_audit_id;
  leaf_number := array_position(v_seal.audit_ids, p_audit_id);
  hash := v_seal.hashes[leaf_number];
  path := bookingdb.merkle_path(v_seal.hashes, leaf_number);
  root := v_seal.root;
  seal_number := v_seal.seal_number;
  sealed_at := v_seal.sealed_at;
  row_count := v_seal.row_count;
  previous_seal_hash := v_seal.previous_hash;
  seal_hash := v_seal.hash;
end $$;
comment on function bookingdb.audit_proof is 'The proof that a row of the audit log is covered by a seal.';

commit;
