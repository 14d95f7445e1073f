begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when p_new is p_old without its personal parts and nothing else: the one change of a row
-- that the audit log admits.
create function bookingdb.is_erasure(
  p_old bookingdb.booking_audit_log,
  p_new bookingdb.booking_audit_log
)
returns boolean
language plpgsql
stable
set timezone = 'UTC'
as $$
begin
  return p_old.erasure_id is null
     and p_new.erasure_id is not null
     and p_new is not distinct from bookingdb.erased_change(p_old, p_new.erasure_id);
end $$;
comment on function bookingdb.is_erasure is 'True for the one change of a row that the audit log admits.';

commit;
