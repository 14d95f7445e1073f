begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who acts now: the actor given to the running function, else the transaction's (set_actor),
-- else system and the database user.
create function bookingdb.current_actor()
returns bookingdb.actor
language plpgsql
stable
as $$
declare
  v_call jsonb;
begin
  if current_setting('bookingdb.call_actor', true) <> '' then
    v_call := current_setting('bookingdb.call_actor')::jsonb;
    return row(v_call ->> 'performed_by', v_call ->> 'performed_by_id', v_call ->> 'ip_address',
               v_call ->> 'user_agent', v_call ->> 'reason')::bookingdb.actor;
  end if;
  if current_setting('bookingdb.performed_by', true) <> '' then
    return row(current_setting('bookingdb.performed_by'),
               nullif(current_setting('bookingdb.performed_by_id', true), ''),
               nullif(current_setting('bookingdb.ip_address', true), ''),
               nullif(current_setting('bookingdb.user_agent', true), ''),
               nullif(current_setting('bookingdb.reason', true), ''))::bookingdb.actor;
  end if;
  return row('system', session_user, null, null, null)::bookingdb.actor;
end $$;
comment on function bookingdb.current_actor is 'Who acts now, from where and why.';

commit;
