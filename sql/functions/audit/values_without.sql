begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The values whose names are not in p_without.
create function bookingdb.values_without(p_values jsonb, p_without jsonb)
returns jsonb
language sql
immutable strict
parallel safe
begin atomic
  select p_values - array(select jsonb_object_keys(p_without));
end;
comment on function bookingdb.values_without is 'The values whose names are not among others.';

commit;
