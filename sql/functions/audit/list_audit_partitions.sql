begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes the view booking_audit_log_partitions, of all partitions but p_without. As the view
-- depends on them, none can be dropped but by drop_audit_partition(), which looks first
-- whether something of it has still to be sent.
create function bookingdb.list_audit_partitions(p_without regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_partition name;
  v_query text := 'create or replace view bookingdb.booking_audit_log_partitions as';
  v_union text := '';
begin
  for v_partition in
    select c.relname
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'bookingdb.booking_audit_log'::regclass
       and i.inhrelid is distinct from p_without
     order by c.relname
  loop
    v_query := v_query || v_union || format(
      ' select %L as partition, count(*) as row_count, min(l.created_at) as first_at,'
      ' max(l.created_at) as last_at from bookingdb.%I l', v_partition, v_partition);
    v_union := ' union all';
  end loop;
  execute v_query;
  comment on view bookingdb.booking_audit_log_partitions is
    'What is in each partition of the audit log. It keeps them from being dropped: call drop_audit_partition().';
  grant select on bookingdb.booking_audit_log_partitions to bookingdb_admin, bookingdb_auditor;
end $$;
comment on function bookingdb.list_audit_partitions is 'Makes the view of the audit log''s partitions.';

commit;
