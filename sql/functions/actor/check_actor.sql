begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_actor is an object like
--   {"performed_by": "customer|admin|system", "performed_by_id": "…", "ip_address": "…",
--    "user_agent": "…", "reason": "…"}
-- of which only performed_by must be there, or NULL.
create function bookingdb.check_actor(p_actor jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem text;
  v_address inet;
begin
  if p_actor is null then
    return;
  end if;
  if jsonb_typeof(p_actor) <> 'object' then
    perform bookingdb.fail('ZB012', 'It must be a JSON object.', 'p_actor');
  end if;
  select case
           when a.key not in ('performed_by', 'performed_by_id', 'ip_address', 'user_agent', 'reason')
             then 'unknown key'
           when jsonb_typeof(a.value) not in ('string', 'null') then 'must be a string'
           when char_length(a.value #>> '{}') > 1000 then 'is longer than 1000 characters'
         end || format(' %L', a.key)
    into v_problem
    from jsonb_each(p_actor) a
   order by 1
   limit 1;
  v_problem := coalesce(v_problem, case
    when coalesce(p_actor ->> 'performed_by', '') <> all (enum_range(null::bookingdb.actor_kind)::text[])
      then format('performed_by must be customer, admin or system, not %L', p_actor ->> 'performed_by')
  end);
  if v_problem is not null then
    perform bookingdb.fail('ZB012', v_problem || '.', 'p_actor');
  end if;
  begin
    v_address := (p_actor ->> 'ip_address')::inet;
    if masklen(v_address) < (case family(v_address) when 4 then 32 else 128 end) then
      v_problem := 'is a network, not an IP address';
    end if;
  exception when invalid_text_representation then
    v_problem := 'is not an IP address';
  end;
  if v_problem is not null then
    perform bookingdb.fail('ZB012', format('%L %s.', p_actor ->> 'ip_address', v_problem),
                           'p_actor.ip_address');
  end if;
end $$;
comment on function bookingdb.check_actor is 'Raises ZB012 unless p_actor is well formed.';

commit;
