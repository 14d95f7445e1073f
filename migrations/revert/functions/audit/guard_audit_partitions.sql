begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The partitions stay, with what is in them; create_audit_partitions() guards them again.
do $$
declare
  v_partition regclass;
begin
  for v_partition in
    select t.tgrelid
      from pg_trigger t
      join pg_inherits i on i.inhrelid = t.tgrelid
     where i.inhparent = 'bookingdb.booking_audit_log'::regclass
       and t.tgname = 'refuse_truncate'
  loop
    execute format('drop trigger refuse_truncate on %s', v_partition);
  end loop;
end $$;
drop function bookingdb.guard_audit_partitions;

commit;
