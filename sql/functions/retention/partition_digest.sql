begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many rows a partition of the audit log has, and the SHA-256 over their hashes, one after
-- the other in the order of an export: by business, booking, version and time. Erasing what is
-- personal in a row does not change its hash, so it does not change this.
create function bookingdb.partition_digest(
  p_partition regclass,
  out row_count bigint,
  out digest bytea
)
language plpgsql
stable
as $$
begin
  execute format(
    'select count(*), sha256(coalesce(string_agg(l.hash, %L::bytea order by'
    ' l.business_id, l.booking_id, l.booking_version, l.created_at), %L::bytea))'
    ' from %s l', '', '', p_partition)
    into row_count, digest;
end $$;
comment on function bookingdb.partition_digest is 'How many rows a partition of the audit log has, and the digest of their hashes.';

commit;
