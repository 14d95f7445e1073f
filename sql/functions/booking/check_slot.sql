begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises what speaks against p_bouquets in a slot (see slot_refusals); staff waives lead time
-- and horizon.
-- p_outer: what begin_actor() returned. Returns what end_actor() is to be given.
create function bookingdb.check_slot(
  p_outer text, p_business_id uuid, p_date date, p_time time, p_bouquets int
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waived text[];
  v_refusal record;
begin
  for v_refusal in
    select *
      from bookingdb.slot_refusals(p_business_id, p_date, p_time, p_bouquets, bookingdb.clock_now())
  loop
    if v_refusal.policy is null or (bookingdb.current_actor()).performed_by <> 'admin' then
      perform bookingdb.fail(v_refusal.code, v_refusal.detail, v_refusal.subject);
    end if;
    v_waived := v_waived || v_refusal.policy;
  end loop;
  return case when v_waived is null then p_outer else bookingdb.waive(p_outer, v_waived) end;
end $$;
comment on function bookingdb.check_slot is 'Raises what speaks against so many bouquets in a slot.';

commit;
