begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The audit log is append-only.
create function bookingdb.tg_booking_audit_log__refuse()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('booking_audit_log is append-only: no %s', tg_op);
end $$;
comment on function bookingdb.tg_booking_audit_log__refuse is 'Refuses every change of what is in the audit log.';

commit;
