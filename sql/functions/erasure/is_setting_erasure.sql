begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when p_new is p_old, a row that tells of the quarantine, without what is personal and
-- nothing else: the one change of a row that the log of settings admits.
create function bookingdb.is_setting_erasure(
  p_old bookingdb.settings_audit_log,
  p_new bookingdb.settings_audit_log
)
returns boolean
language plpgsql
immutable
as $$
begin
  return p_old.table_name = 'booking_quarantine'
     and p_new is not distinct from bookingdb.erased_setting(p_old);
end $$;
comment on function bookingdb.is_setting_erasure is 'True for the one change of a row that the log of settings admits.';

commit;
