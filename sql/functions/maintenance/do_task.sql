begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Does a task of maintain(), for a business where it is done business by business. Returns how
-- much it did, and what somebody has to see to.
create function bookingdb.do_task(
  p_task bookingdb.maintenance_task,
  p_business_id uuid,
  out done bigint,
  out problem text
)
language plpgsql
as $$
begin
  case p_task
    when 'integrity' then
      done := bookingdb.run_integrity_check()::bigint;
    when 'overbooking' then
      done := bookingdb.watch_overbooking()::bigint;
    when 'seals' then
      done := (select coalesce(sum(s.row_count), 0) from bookingdb.seal_audit() s);
    when 'slots_ahead' then
      done := (
        select (r.created + r.updated + r.restored + r.made_legacy + r.deleted)::bigint
          from bookingdb.refresh_future_schedule(p_business_id) r);
    when 'expired_holds' then
      done := bookingdb.expire_holds(p_business_id => p_business_id)::bigint;
    when 'audit_partitions' then
      done := bookingdb.create_audit_partitions()::bigint;
    when 'retention' then
      select r.done, r.problem into done, problem from bookingdb.retain() r;
  end case;
end $$;
comment on function bookingdb.do_task is 'Does a task of maintain(), where it applies for a business.';

commit;
