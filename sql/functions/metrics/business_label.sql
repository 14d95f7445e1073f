begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The label of a business that is among those listed; of any other it is "other", so that sums
-- stay right; none when none is listed.
create function bookingdb.business_label(p_business_id uuid, p_listed uuid[])
returns jsonb
language sql
immutable
begin atomic
  select case when cardinality(p_listed) = 0 then jsonb '{}'
              when p_business_id = any (p_listed)
                then jsonb_build_object('business_id', p_business_id)
              else jsonb '{"business_id": "other"}'
         end;
end;
comment on function bookingdb.business_label is 'The label of a business in metrics.';

commit;
