begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- How many rows of a partition of the audit log no seal covers with the hash that they have.
create function bookingdb.unsealed_count(
  p_partition regclass,
  p_first timestamptz,
  p_next timestamptz
)
returns bigint
language plpgsql
stable
as $$
declare
  v_count bigint;
begin
  execute format(
    'with sealed as materialized ('
    '  select s.business_id, u.audit_id, u.hash'
    '    from bookingdb.audit_seals s'
    '   cross join lateral unnest(s.audit_ids, s.hashes) as u (audit_id, hash)'
    '   where s.last_at >= $1 and s.first_at < $2)'
    ' select count(*) from %s l'
    '  where not exists ('
    '    select from sealed s'
    '     where s.business_id = l.business_id and s.audit_id = l.id and s.hash = l.hash)',
    p_partition)
    into v_count using p_first, p_next;
  return v_count;
end $$;
comment on function bookingdb.unsealed_count is 'How many rows of a partition of the audit log no seal covers.';

commit;
