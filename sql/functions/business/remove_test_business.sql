begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Removes a test business, that is one whose id new_test_business_id() made, and everything
-- that was its own: bookings, slots, webhooks, and, as of no other, its audit log and seals.
-- What stays is in the settings audit log: that it was made, changed and removed, and by whom.
-- Locks: its slots in their order, then the cursors of seals and relay, so that nothing is
-- sealed or queued for it meanwhile: these wait till this has committed.
-- Returns how many bookings it had. Raises ZB012: a real business, or there is none; 42501 for
-- a login that is bound to businesses.
create function bookingdb.remove_test_business(
  p_actor jsonb default null,
  p_business_id uuid default bookingdb.default_business_id()
)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outer text := bookingdb.begin_actor(p_actor);
  v_count int;
begin
  perform bookingdb.refuse_bound('remove_test_business()');
  perform from bookingdb.businesses b where b.business_id = p_business_id for update;
  if not found then
    perform bookingdb.fail_business(p_business_id);
  elsif not bookingdb.is_test_business(p_business_id) then
    perform bookingdb.fail('ZB012', format('The business %s is no test: what it did stays.',
                           p_business_id), 'p_business_id');
  end if;
  perform from bookingdb.time_slots s
    where s.business_id = p_business_id order by s.date, s.time for update;
  perform bookingdb.set_counters(s, bookingdb.recounted(s))  -- else bookings may not go
     from bookingdb.time_slots s
    where s.business_id = p_business_id and s is distinct from bookingdb.recounted(s);
  delete from bookingdb.bookings where business_id = p_business_id;
  get diagnostics v_count = row_count;
  delete from bookingdb.time_slots where business_id = p_business_id;

  perform from bookingdb.audit_seal_cursor for update;
  perform from bookingdb.webhook_endpoints e
    where e.business_id = p_business_id order by e.endpoint_id for update;
  perform bookingdb.hold_relay();
  delete from bookingdb.booking_audit_log where business_id = p_business_id;
  delete from bookingdb.audit_chain_cuts where business_id = p_business_id;
  delete from bookingdb.audit_seals where business_id = p_business_id;
  delete from bookingdb.erasures where business_id = p_business_id;
  delete from bookingdb.webhook_deliveries where business_id = p_business_id;
  delete from bookingdb.webhook_attempts where business_id = p_business_id;
  delete from bookingdb.webhook_payloads where business_id = p_business_id;
  delete from bookingdb.webhook_secrets where business_id = p_business_id;
  delete from bookingdb.webhook_endpoint_health where business_id = p_business_id;
  delete from bookingdb.webhook_endpoints where business_id = p_business_id;
  delete from bookingdb.booking_quarantine where business_id = p_business_id;
  delete from bookingdb.opening_hours where business_id = p_business_id;
  delete from bookingdb.schedule_exceptions where business_id = p_business_id;
  delete from bookingdb.retention_policies where business_id = p_business_id;
  delete from bookingdb.alarms where business_id = p_business_id;
  delete from bookingdb.business_grants where business_id = p_business_id;
  delete from bookingdb.businesses where business_id = p_business_id;
  delete from bookingdb.settings_audit_log
   where business_id = p_business_id and table_name <> 'businesses';
  perform bookingdb.end_actor(v_outer);
  return v_count;
end $$;
comment on function bookingdb.remove_test_business is 'Removes a test business and everything that was its own, its audit log too.';

commit;
