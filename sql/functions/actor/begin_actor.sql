begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes p_actor the actor of the running function call; NULL leaves whoever it was. The
-- function gives what it returns to end_actor() before it returns; an error ends it by itself.
-- So the actor of a call cannot leak into the caller's transaction. (A SET clause on the
-- functions would say the same, but only a superuser may write one for a setting of our own.)
-- Raises ZB012 when p_actor is malformed.
create function bookingdb.begin_actor(p_actor jsonb)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := coalesce(current_setting('bookingdb.call_actor', true), '');
begin
  if p_actor is null then
    return null;
  end if;
  perform bookingdb.check_actor(p_actor);
  perform set_config('bookingdb.call_actor', p_actor::text, true);
  return v_outer;
end $$;
comment on function bookingdb.begin_actor is 'Makes p_actor the actor of the running function call.';

commit;
