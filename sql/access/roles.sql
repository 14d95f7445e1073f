-- The roles of bookingdb, and the checks that come before anything is written.
--
-- Roles belong to the whole server, so they may be there already: a second database uses
-- the same ones. None of them can log in; grant them to your own logins:
--
--   bookingdb_owner    owns every object, so that no login does
--   bookingdb_app      books: calls the booking functions, reads what is free
--   bookingdb_admin    runs the shop: all of the above, schedules, corrections
--   bookingdb_auditor  reads everything, writes nothing
--   bookingdb_dispatcher  sends webhooks: relays, claims, says how it went; and maintains
--
-- Two are marks, which grant_business() and grant_business_claims() put on logins:
--
--   bookingdb_tenant   whoever is a member is bound to businesses, and sees no other
--   bookingdb_claims   bound too, and believed when it says for which business it asks
begin;
set local lock_timeout = '10s';

do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'bookingdb needs PostgreSQL 15 or later'
      using detail = format('This server is PostgreSQL %s.', current_setting('server_version'));
  end if;
  if to_regnamespace('bookingdb') is not null then
    raise exception 'The schema bookingdb exists already'
      using hint = 'Go on with the tool that deployed it: sqitch, or bookingdb migrate (yoyo).';
  end if;
end $$;

do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'bookingdb_owner', 'bookingdb_app', 'bookingdb_admin', 'bookingdb_auditor',
    'bookingdb_dispatcher', 'bookingdb_tenant', 'bookingdb_claims'
  ] loop
    if to_regrole(v_role) is null then
      begin
        execute format('create role %I nologin', v_role);
        execute format('comment on role %I is %L', v_role, 'See access/roles of bookingdb.');
      exception when duplicate_object or unique_violation then
        null;  -- another database of this server is being deployed right now
      end;
    end if;
  end loop;
  -- The scripts act as the owner, so a deployer without superuser must be able to.
  if not pg_has_role(current_user, 'bookingdb_owner',
                     case when current_setting('server_version_num')::int < 160000
                       then 'member' else 'set' end) then
    execute format('grant bookingdb_owner to %I', current_user);
  end if;
  -- The functions put the marks on logins, and they run as the owner.
  foreach v_role in array array['bookingdb_tenant', 'bookingdb_claims'] loop
    if not pg_has_role('bookingdb_owner', v_role, 'member with admin option') then
      execute format('grant %I to bookingdb_owner with admin option', v_role);
    end if;
  end loop;
  if not pg_has_role('bookingdb_claims', 'bookingdb_tenant', 'member') then
    grant bookingdb_tenant to bookingdb_claims;
  end if;
end $$;

commit;
