begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Which businesses keep a month of the audit log that ends at p_next; NULL: none of those that
-- have rows in it does.
create function bookingdb.policy_hindrance(p_partition regclass, p_next timestamptz)
returns text
language plpgsql
stable
as $$
declare
  v_keeper uuid;
  v_keep interval;
begin
  execute format(
    'select l.business_id, r.keep'
    '  from (select distinct d.business_id from %s d) l'
    '  left join bookingdb.retention_policies r'
    '    on r.business_id = l.business_id and r.kind = ''audit'''
    ' where r.keep is null or bookingdb.clock_now() - r.keep < $1'
    ' order by r.keep desc nulls first, l.business_id'
    ' limit 1', p_partition)
    into v_keeper, v_keep using p_next;
  return case
    when v_keeper is null then null
    when v_keep is null then format('The business %s keeps it for ever.', v_keeper)
    else format('The business %s keeps it for %s.', v_keeper, v_keep)
  end;
end $$;
comment on function bookingdb.policy_hindrance is 'Which business keeps a month of the audit log; NULL: none.';

commit;
