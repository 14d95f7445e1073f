begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a seal says, as the event audit.sealed and receipts carry it. Call it under time zone
-- UTC.
create function bookingdb.seal_claim(p_seal bookingdb.audit_seals)
returns jsonb
language sql
stable
begin atomic
  select jsonb_build_object(
    'seal_number', p_seal.seal_number,
    'sealed_at', p_seal.sealed_at,
    'row_count', p_seal.row_count,
    'root', encode(p_seal.root, 'hex'),
    'previous_hash', encode(p_seal.previous_hash, 'hex'),
    'hash', encode(p_seal.hash, 'hex'));
end;
comment on function bookingdb.seal_claim is 'What a seal says.';

commit;
