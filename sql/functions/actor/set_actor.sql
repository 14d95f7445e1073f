begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Says who acts in the rest of this transaction, also in hand-written SQL; NULL for nobody.
-- Kept in the settings bookingdb.performed_by, bookingdb.performed_by_id, bookingdb.ip_address,
-- bookingdb.user_agent and bookingdb.reason, local to the transaction: safe behind a pooler.
-- They may as well be set by SET LOCAL. An actor that is given to a function counts before it.
-- Raises ZB012 for an unknown key or a malformed address.
create function bookingdb.set_actor(p_actor jsonb)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.check_actor(p_actor);
  perform set_config('bookingdb.' || k.key, coalesce(p_actor ->> k.key, ''), true)
     from unnest(array['performed_by', 'performed_by_id', 'ip_address', 'user_agent', 'reason']) as k (key);
end $$;
comment on function bookingdb.set_actor is 'Says who acts in the rest of this transaction, from where and why.';

commit;
