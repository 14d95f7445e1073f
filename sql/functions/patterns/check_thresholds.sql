begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_counts are 1 or more and p_lengths are not negative; the names of the
-- arguments are p_names, those of counts first.
create function bookingdb.check_thresholds(p_names text[], p_counts int[], p_lengths interval[])
returns void
language plpgsql
stable
as $$
declare
  v_name text;
begin
  select a.name
    into v_name
    from unnest(p_names) with ordinality as a (name, n)
   where not coalesce(case when a.n <= cardinality(p_counts) then p_counts[a.n] >= 1
                           else p_lengths[a.n - cardinality(p_counts)] >= interval '0' end, false)
   order by a.n
   limit 1;
  if found then
    perform bookingdb.fail(
      'ZB012', 'A number must be 1 or more, a length of time not negative.', v_name);
  end if;
end $$;
comment on function bookingdb.check_thresholds is 'Raises ZB012 unless thresholds are in range.';

commit;
