begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether an audit row says that its booking was erased, and so has nothing to be erased but
-- why and by whom, which is to stay.
create function bookingdb.is_redaction(p_change bookingdb.booking_audit_log)
returns boolean
language sql
immutable
begin atomic
  select p_change.action_type = 'redacted'
     and bookingdb.erased_values(p_change.new_values) = p_change.new_values;
end;
comment on function bookingdb.is_redaction is 'Whether an audit row says that its booking was erased.';

commit;
