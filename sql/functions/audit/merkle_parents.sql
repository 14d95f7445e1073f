begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The level of a Merkle tree above these nodes: a last one without neighbour goes up as it is.
create function bookingdb.merkle_parents(p_nodes bytea[])
returns bytea[]
language sql
immutable
parallel safe
begin atomic
  select array(
    select coalesce(sha256('\x01'::bytea || p_nodes[n] || p_nodes[n + 1]), p_nodes[n])
      from generate_series(1, cardinality(p_nodes), 2) as n
     order by n);
end;
comment on function bookingdb.merkle_parents is 'The level of a Merkle tree above these nodes.';

commit;
