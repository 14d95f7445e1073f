begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A slot as it was at p_at, NULL when it was not there: what the first logged change after it
-- found, else as it is. Counters are not logged: they are of any time.
create function bookingdb.slot_as_of(
  p_business_id uuid, p_date date, p_time time, p_at timestamptz
)
returns bookingdb.time_slots
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key jsonb := jsonb_build_object('date', p_date, 'time', p_time);
  v_values jsonb;
  v_slot bookingdb.time_slots;
begin
  select case when l.old_values @> v_key then l.old_values end into v_values
    from bookingdb.settings_audit_log l
   where l.business_id = p_business_id
     and l.table_name = 'time_slots'
     and l.created_at > p_at
     and (l.old_values @> v_key or l.new_values @> v_key)
   order by l.created_at
   limit 1;
  if found then
    v_slot := jsonb_populate_record(null::bookingdb.time_slots, v_values);
  else
    select * into v_slot
      from bookingdb.time_slots s
     where s.business_id = p_business_id
       and s.date = p_date
       and s.time = p_time;
  end if;
  if v_slot.created_at > p_at then
    return null;
  end if;
  return v_slot;
end $$;
comment on function bookingdb.slot_as_of is 'A slot as it was at an instant, NULL when it was not there.';

commit;
