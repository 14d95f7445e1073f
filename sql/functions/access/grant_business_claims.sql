begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Binds a role, and believes it when it says for which businesses it asks: those in the claim
-- business_id of the setting request.jwt.claims, which PostgREST sets from a token that it has
-- verified. Without a claim it sees nothing. Businesses that it was granted besides are a
-- limit: it sees what is in both.
-- Only for a login that runs no SQL of its clients: whoever can run SET can claim anything.
-- Raises ZB012 and 42501 as grant_business() does.
create function bookingdb.grant_business_claims(p_role text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform bookingdb.refuse_bound('grant_business_claims()');
  perform bookingdb.check_role(p_role);
  perform bookingdb.mark_role(p_role, 'bookingdb_claims');
end $$;
comment on function bookingdb.grant_business_claims is 'Binds a role to the businesses that the claims of a request name.';

commit;
