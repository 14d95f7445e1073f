begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What proves that the changes of a booking are those that were logged, as dispute_file() has
-- it: changes, each with the id and version of its row, its hash and the one before it, and,
-- once a seal covers it, where it is in the seal and the path from its hash to the root (see
-- audit_proof); how_to_check, for whoever wants to.
create function bookingdb.dispute_proof(p_booking_id uuid, p_business_id uuid)
returns jsonb
language sql
stable
begin atomic
  select jsonb_build_object(
           'changes', jsonb_agg(
             jsonb_strip_nulls(jsonb_build_object(
               'id', l.id, 'booking_version', l.booking_version, 'hash', encode(l.hash, 'hex'),
               'previous_hash', encode(l.previous_hash, 'hex'),
               'seal', case when s.seal_number is not null then jsonb_build_object(
                 'seal_number', s.seal_number, 'sealed_at', bookingdb.iso_instant(s.sealed_at),
                 'leaf_number', s.leaf, 'row_count', s.row_count,
                 'path', bookingdb.merkle_path(s.hashes, s.leaf),
                 'root', encode(s.root, 'hex'), 'seal_hash', encode(s.hash, 'hex')) end))
             order by l.booking_version, l.created_at),
           'how_to_check', jsonb_build_array(
             'Versions go up by one from 1: a change that is missing shows as a gap.',
             'Each change begins where the one before it ended, and its previous hash is the '
             'hash of that one.',
             'The path of a seal leads from the hash to its root, and the root belongs to the '
             'hash of the seal: compare that with a copy that was kept elsewhere.',
             'Whoever may read the log calls verify_audit(): it names what was changed, added '
             'or taken out.'))
    from bookingdb.booking_audit_log l
    left join lateral (
      select a.*, array_position(a.audit_ids, l.id) as leaf
        from bookingdb.audit_seals a
       where a.business_id = p_business_id
         and l.id = any (a.audit_ids)
       order by a.seal_number
       limit 1
    ) s on true
   where l.business_id = p_business_id
     and l.booking_id = p_booking_id;
end;
comment on function bookingdb.dispute_proof is 'What proves that the changes of a booking are those that were logged.';

commit;
