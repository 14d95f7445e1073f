begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Deletes deliveries that were finished longer than p_older_than ago, of all businesses, with
-- their payloads and attempts, at most p_limit of them: call it until it returns 0. Pending
-- ones are never deleted, and none that was queued after a change that is not relayed yet. For
-- a time that differs between businesses use set_retention() and apply_retention().
-- Returns how many deliveries it deleted. Raises ZB012: p_older_than not from 1 day to 100
-- years, p_limit not from 1 to 1000000; 42501 for a login that is bound to businesses.
create function bookingdb.purge_deliveries(
  p_older_than interval default '90 days',
  p_limit int default 10000
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before timestamptz;
  v_business_id uuid;
  v_count int := 0;
begin
  perform bookingdb.refuse_bound('purge_deliveries()');
  if p_older_than is null or p_older_than not between '1 day' and '100 years' then
    perform bookingdb.fail('ZB012', format('Must be from 1 day to 100 years, not %s.',
                           coalesce(p_older_than::text, 'NULL')), 'p_older_than');
  elsif p_limit is null or p_limit not between 1 and 1000000 then
    perform bookingdb.fail('ZB012', format('Must be from 1 to 1000000, not %s.',
                           coalesce(p_limit::text, 'NULL')), 'p_limit');
  end if;
  v_before := bookingdb.settle_before(p_older_than);
  for v_business_id in select b.business_id from bookingdb.businesses b order by b.business_id
  loop
    exit when v_count >= p_limit;
    v_count := v_count + bookingdb.purge_finished(v_before, p_limit - v_count, v_business_id);
  end loop;
  return v_count;
end $$;
comment on function bookingdb.purge_deliveries is 'Deletes deliveries that were finished long ago.';

commit;
