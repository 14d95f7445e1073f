begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit log's part of apply_retention(): drops the oldest month if all businesses with rows
-- in it let it go and nothing hinders it. With p_dry_run goes on to later months, and drops
-- none. A month that only some let go is named with what keeps it, and so is one that somebody
-- is just using.
create function bookingdb.drop_next_month(p_dry_run boolean)
returns table (
  object text, row_count bigint, outcome bookingdb.retention_outcome, reason text
)
language plpgsql
as $$
declare
  v_month timestamptz;
  v_next timestamptz;
begin
  for object in
    select c.relname::text
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'bookingdb.booking_audit_log'::regclass
       and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
     order by c.relname
  loop
    v_month := to_date(right(object, 7), 'YYYY_MM')::timestamp at time zone 'UTC';
    v_next := (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    exit when not exists (
      select from bookingdb.retention_policies r
       where r.kind = 'audit'
         and bookingdb.clock_now() - r.keep >= v_next
    );
    reason := bookingdb.policy_hindrance(format('bookingdb.%I', object)::regclass, v_next);
    if reason is null and p_dry_run then
      reason := bookingdb.month_hindrance(format('bookingdb.%I', object)::regclass, v_month, v_next);
    elsif reason is null then
      begin
        row_count := bookingdb.drop_audit_partition((v_month at time zone 'UTC')::date);
      exception
        when sqlstate 'ZB018' then
          get stacked diagnostics reason = pg_exception_detail;
        when lock_not_available or deadlock_detected then
          reason := 'Somebody uses the log in a transaction that is still open.';
      end;
    end if;
    outcome := case when reason is not null then 'kept' when p_dry_run then 'would_go'
                 else 'gone' end::bookingdb.retention_outcome;
    if row_count is null then
      row_count := (
        select d.row_count
          from bookingdb.partition_digest(format('bookingdb.%I', object)::regclass) d);
    end if;
    return next;
    exit when outcome <> 'would_go';
    row_count := null;
  end loop;
end $$;
comment on function bookingdb.drop_next_month is 'Drops the oldest month of the audit log if all businesses let it go.';

commit;
