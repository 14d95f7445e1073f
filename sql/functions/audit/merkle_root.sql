begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Root of the Merkle tree over these hashes, of which there is at least one.
create function bookingdb.merkle_root(p_hashes bytea[])
returns bytea
language plpgsql
immutable parallel safe
as $$
declare
  v_nodes bytea[] := bookingdb.merkle_leaves(p_hashes);
begin
  while cardinality(v_nodes) > 1 loop
    v_nodes := bookingdb.merkle_parents(v_nodes);
  end loop;
  return v_nodes[1];
end $$;
comment on function bookingdb.merkle_root is 'Root of the Merkle tree over these hashes.';

commit;
