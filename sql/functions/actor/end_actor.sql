begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Gives back the actor that counted before begin_actor(), which returned it; NULL: nothing to
-- do.
create function bookingdb.end_actor(p_outer text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_outer is not null then
    perform set_config('bookingdb.call_actor', p_outer, true);
  end if;
end $$;
comment on function bookingdb.end_actor is 'Gives back the actor that counted before begin_actor().';

commit;
