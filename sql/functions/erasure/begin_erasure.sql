begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Makes who erases the actor of the running call, with the reason; of a customer nothing else,
-- as that would be personal again. Returns what end_actor() is to be given.
create function bookingdb.begin_erasure(p_reason text)
returns text
language plpgsql
as $$
declare
  v_actor jsonb := to_jsonb(bookingdb.current_actor());
begin
  if v_actor ->> 'performed_by' = 'customer' then
    v_actor := '{"performed_by": "customer"}';
  end if;
  return bookingdb.begin_actor(v_actor || jsonb_build_object('reason', p_reason));
end $$;
comment on function bookingdb.begin_erasure is 'Makes who erases the actor of the running call.';

commit;
