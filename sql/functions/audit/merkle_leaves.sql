begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The leaves of the Merkle tree over these hashes, as RFC 6962 makes them.
create function bookingdb.merkle_leaves(p_hashes bytea[])
returns bytea[]
language sql
immutable
parallel safe
begin atomic
  select array(
    select sha256('\x00'::bytea || h.hash)
      from unnest(p_hashes) with ordinality as h (hash, n)
     order by h.n);
end;
comment on function bookingdb.merkle_leaves is 'The leaves of the Merkle tree over these hashes.';

commit;
