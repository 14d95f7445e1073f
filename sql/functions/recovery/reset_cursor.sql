begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes the relay begin anew, and logs that for each business. The cursor is locked first, so
-- that a purge has said by then how far it went. Returns the cursor.
create function bookingdb.reset_cursor(p_settled_before timestamptz)
returns bookingdb.relay_cursor
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was bookingdb.relay_cursor;
  v_now bookingdb.relay_cursor;
begin
  select * into v_was from bookingdb.relay_cursor for update;
  v_now := bookingdb.cursor_anew(p_settled_before);
  insert into bookingdb.relay_cursor
  values (v_now.*)
  on conflict (only_one) do update
     set target = excluded.target,
         target_position = excluded.target_position,
         relay_pass = excluded.relay_pass,
         system_identifier = excluded.system_identifier,
         settled_before = excluded.settled_before,
         dropped_before = excluded.dropped_before;
  perform bookingdb.log_setting(
            b.business_id, 'relay_cursor',
            case when v_was.only_one then to_jsonb(v_was) end, to_jsonb(v_now))
     from bookingdb.businesses b;
  perform bookingdb.wake_dispatcher();
  return v_now;
end $$;
comment on function bookingdb.reset_cursor is 'Makes the relay begin anew, and logs that.';

commit;
