begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The hash of a seal, as docs/audit-format.md specifies it. Call it under time zone UTC.
create function bookingdb.seal_hash(p_seal bookingdb.audit_seals)
returns bytea
language sql
stable
begin atomic
  select sha256(
    coalesce(p_seal.previous_hash, decode(repeat('00', 32), 'hex')) || p_seal.root
    || convert_to(format(
      E'1\n%s\n%s\n%s\n%s', p_seal.business_id, p_seal.seal_number, p_seal.row_count,
      to_jsonb(p_seal.sealed_at)), 'UTF8'));
end;
comment on function bookingdb.seal_hash is 'The hash of a seal.';

commit;
