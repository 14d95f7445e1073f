begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives every partition of the audit log what it does not inherit: the trigger against
-- TRUNCATE, the right to be read, the policy, and a place in their list.
create function bookingdb.guard_audit_partitions()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_partition regclass;
begin
  for v_partition in
    select i.inhrelid::regclass
      from pg_inherits i
     where i.inhparent = 'bookingdb.booking_audit_log'::regclass
       and not exists (
         select from pg_trigger t where t.tgrelid = i.inhrelid and t.tgname = 'refuse_truncate'
       )
  loop
    execute format(
      'create trigger refuse_truncate before truncate on %s '
      'for each statement execute function bookingdb.tg_audit__refuse()', v_partition);
    perform bookingdb.secure_table(v_partition);
    execute format('grant select on %s to bookingdb_admin, bookingdb_auditor', v_partition);
  end loop;
  perform bookingdb.list_audit_partitions(null);
end $$;
comment on function bookingdb.guard_audit_partitions is 'Gives the partitions of the audit log what they do not inherit.';

commit;
