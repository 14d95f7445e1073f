begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What is wrong with the seals over rows from p_from to before p_to (NULL: any time), and with
-- the rows that they cover. Rows of months that were dropped are at the beginning of a seal.
create function bookingdb.verify_seals(
  p_from timestamptz,
  p_to timestamptz,
  p_business_id uuid
)
returns table (
  damage bookingdb.audit_damage, booking_id uuid, booking_version int, audit_id uuid, detail text
)
language sql
stable
begin atomic
  with leaf as materialized (
    select s.seal_number, u.audit_id, u.hash, l.booking_id, l.booking_version,
           l.hash as present_hash,
           s.first_at < (select c.dropped_before from bookingdb.relay_cursor c)
           and count(l.id) over (partition by s.seal_number order by u.n) = 0 as is_dropped
      from bookingdb.audit_seals s
     cross join lateral unnest(s.audit_ids, s.hashes) with ordinality as u (audit_id, hash, n)
      left join bookingdb.booking_audit_log l
        on l.business_id = s.business_id and l.id = u.audit_id
     where s.business_id = p_business_id
       and s.last_at >= coalesce(p_from, '-infinity')
       and s.first_at < coalesce(p_to, 'infinity')
  )
  select case when f.present_hash is null then 'removed' else 'changed' end::bookingdb.audit_damage,
         f.booking_id, f.booking_version, f.audit_id,
         case when f.present_hash is null then format('Seal %s covers it.', f.seal_number)
           else format('It has another hash than seal %s says.', f.seal_number) end
    from leaf f
   where f.present_hash is distinct from f.hash
     and not f.is_dropped
  union all
  select 'changed', null, null, null, format('Seal %s does not have its root or its hash.', s.seal_number)
    from bookingdb.audit_seals s
   where s.business_id = p_business_id
     and s.last_at >= coalesce(p_from, '-infinity')
     and s.first_at < coalesce(p_to, 'infinity')
     and (s.root <> bookingdb.merkle_root(s.hashes)
          or s.row_count <> cardinality(s.hashes)
          or s.row_count <> cardinality(s.audit_ids)
          or s.hash <> bookingdb.seal_hash(s))
  union all
  select 'removed', null, null, null, format('Seal %s is missing, or another than seal %s is chained to.',
                                             s.seal_number - 1, s.seal_number)
    from bookingdb.audit_seals s
    left join bookingdb.audit_seals b
      on b.business_id = s.business_id and b.seal_number = s.seal_number - 1
   where s.business_id = p_business_id
     and s.previous_hash is distinct from b.hash;
end;
comment on function bookingdb.verify_seals is 'What is wrong with the seals and the rows that they cover.';

commit;
