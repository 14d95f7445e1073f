begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The neighbours on the way from a leaf (the first is 1) up to the root of the Merkle tree over
-- these hashes, as {"left <hex>","right <hex>",...}: hash each with what is had so far, on its
-- side, and the root must come out.
create function bookingdb.merkle_path(p_hashes bytea[], p_leaf int)
returns text[]
language plpgsql
immutable parallel safe
as $$
declare
  v_nodes bytea[] := bookingdb.merkle_leaves(p_hashes);
  v_at int := p_leaf;
  v_path text[] := array[]::text[];
begin
  while cardinality(v_nodes) > 1 loop
    if v_at % 2 = 0 then
      v_path := v_path || ('left ' || encode(v_nodes[v_at - 1], 'hex'));
    elsif v_at < cardinality(v_nodes) then
      v_path := v_path || ('right ' || encode(v_nodes[v_at + 1], 'hex'));
    end if;
    v_nodes := bookingdb.merkle_parents(v_nodes);
    v_at := (v_at + 1) / 2;
  end loop;
  return v_path;
end $$;
comment on function bookingdb.merkle_path is 'The neighbours on the way from a leaf to the root of a Merkle tree.';

commit;
