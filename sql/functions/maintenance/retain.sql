begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- One step of apply_retention(). Returns how much went, and why a month of the audit log stays
-- that all businesses let go.
create function bookingdb.retain(out done bigint, out problem text)
language plpgsql
as $$
declare
  v_step record;
begin
  done := 0;
  for v_step in select * from bookingdb.apply_retention(p_dry_run => false) loop
    if v_step.outcome = 'gone' then
      done := done + greatest(v_step.row_count, 1);
    elsif bookingdb.is_let_go(v_step.object) then
      problem := format('%s stays: %s', v_step.object, v_step.reason);
    end if;
  end loop;
end $$;
comment on function bookingdb.retain is 'One step of apply_retention().';

commit;
