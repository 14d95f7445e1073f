begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises insufficient_privilege (42501) for a login that is bound to businesses, where p_what
-- concerns those of others as well.
create function bookingdb.refuse_bound(p_what text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not bookingdb.is_unbound() then
    raise exception using
      errcode = 'insufficient_privilege',
      message = format('permission denied: %s concerns all businesses', p_what),
      detail = format('The login %I is bound to businesses.', session_user),
      hint = 'Call it as a login that is not bound; see grant_business().';
  end if;
end $$;
comment on function bookingdb.refuse_bound is 'Refuses a login that is bound to businesses.';

commit;
