begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Number of the seal that covers a row of the audit log; NULL: none does yet.
create function bookingdb.seal_of(p_audit_id uuid, p_business_id uuid)
returns int
language sql
stable
begin atomic
  select s.seal_number
    from bookingdb.audit_seals s
   where s.business_id = p_business_id
     and p_audit_id = any (s.audit_ids)
   order by s.seal_number
   limit 1;
end;
comment on function bookingdb.seal_of is 'Number of the seal that covers a row of the audit log.';

commit;
