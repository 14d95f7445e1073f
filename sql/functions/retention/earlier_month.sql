begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Why a month must wait for an earlier one of the audit log; NULL: there is none. All that is
-- before a dropped month counts as dropped, and what is missing in between as damage.
create function bookingdb.earlier_month(p_partition regclass)
returns text
language sql
stable
begin atomic
  select format('The earlier month %s is still there.',
                translate(right(min(e.relname), 7), '_', '-'))
    from pg_class p
    join pg_inherits i on i.inhparent = 'bookingdb.booking_audit_log'::regclass
    join pg_class e on e.oid = i.inhrelid
   where p.oid = p_partition
     and e.relname ~ '_[0-9]{4}_[0-9]{2}$'
     and e.relname < p.relname
  having count(*) > 0;
end;
comment on function bookingdb.earlier_month is 'Why a month must wait for an earlier one of the audit log.';

commit;
