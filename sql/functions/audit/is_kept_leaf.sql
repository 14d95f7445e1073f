begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when a seal covers a row with this id and hash, whose month was dropped.
create function bookingdb.is_kept_leaf(p_audit_id uuid, p_hash bytea, p_business_id uuid)
returns boolean
language sql
stable
begin atomic
  select exists (
    select from bookingdb.audit_seals s
     where s.business_id = p_business_id
       and s.hashes[array_position(s.audit_ids, p_audit_id)] = p_hash
       and s.first_at < (select c.dropped_before from bookingdb.relay_cursor c)
  );
end;
comment on function bookingdb.is_kept_leaf is 'True when a seal covers a row whose month was dropped.';

commit;
