begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The businesses that a bound login may see: those of the roles that it is a member of. A
-- login that grant_business_claims() marked says itself which it asks for, in the claim
-- business_id of the setting request.jwt.claims: one, or an array; of those that it was
-- granted, if there are any. Of no other login is that setting believed. Malformed claims are
-- an error, or nothing. Says nothing of a login that is not bound.
create function bookingdb.granted_businesses()
returns uuid[]
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_granted uuid[] := array(
    select g.business_id
      from bookingdb.business_grants g
      join pg_roles r on r.rolname = g.role_name
     where pg_has_role(session_user, r.oid, 'member'));
  v_claim jsonb;
  v_claimed uuid[];
begin
  if not pg_has_role(session_user, 'bookingdb_claims', 'member') then
    return v_granted;
  end if;
  v_claim := nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'business_id';
  if jsonb_typeof(v_claim) = 'string' then
    v_claim := jsonb_build_array(v_claim);
  end if;
  if jsonb_typeof(v_claim) is distinct from 'array' then
    return array[]::uuid[];
  end if;
  v_claimed := array(
    select c.id::uuid
      from jsonb_array_elements_text(v_claim) as c (id)
     where c.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$');
  if cardinality(v_granted) > 0 then
    return array(select unnest(v_claimed) intersect select unnest(v_granted));
  end if;
  return v_claimed;
end $$;
comment on function bookingdb.granted_businesses is 'The businesses that a bound login may see.';

commit;
