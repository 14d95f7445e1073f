begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who may do what, on one page. Nothing is granted to PUBLIC; bookingdb_owner needs no grant.

grant usage on schema bookingdb
  to bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;
grant usage on type
  bookingdb.booking_status, bookingdb.payment_method, bookingdb.payment_status,
  bookingdb.actor_kind, bookingdb.booking_action, bookingdb.refresh_action,
  bookingdb.booking_effect, bookingdb.affected_policy, bookingdb.import_outcome,
  bookingdb.webhook_profile, bookingdb.delivery_state, bookingdb.webhook_error,
  bookingdb.audit_damage, bookingdb.open_bookings, bookingdb.retention_kind,
  bookingdb.retention_outcome, bookingdb.maintenance_task
  to bookingdb_app, bookingdb_admin, bookingdb_auditor;
grant usage on type bookingdb.severity to bookingdb_admin, bookingdb_auditor;
grant usage on type bookingdb.health_severity
  to bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;
grant usage on type bookingdb.webhook_error, bookingdb.maintenance_task to bookingdb_dispatcher;

-- Whoever reads a table that has a policy: it asks these, which tell of the login alone.
grant execute on function
  bookingdb.is_unbound(), bookingdb.granted_businesses(), bookingdb.is_granted(uuid)
  to public;

-- Everybody: what a call needs for its defaults, and what can be known.
grant execute on function
  bookingdb.default_business_id(),
  bookingdb.is_test_business(uuid),
  bookingdb.error_catalog(),
  bookingdb.status_moves(),
  bookingdb.payment_moves(),
  bookingdb.get_business(uuid),
  bookingdb.available_slots(date, date, int, boolean, uuid),
  bookingdb.why_unavailable(date, time, int, uuid),
  bookingdb.get_booking(uuid, uuid),
  bookingdb.booking_history(uuid, uuid),
  bookingdb.booking_as_of(uuid, timestamptz, uuid),
  bookingdb.propose_alternatives(uuid, int, uuid),
  bookingdb.schedule_as_of(date, uuid),
  bookingdb.calendar_event(uuid, uuid),
  bookingdb.webhook_event_types(),
  bookingdb.webhook_fields(),
  bookingdb.write_token(),
  bookingdb.has_replayed(pg_lsn, interval),
  bookingdb.replica_lag(),
  bookingdb.watch_availability(boolean)
  to bookingdb_app, bookingdb_admin, bookingdb_auditor;

-- Everybody whose login is not bound to businesses: whether all is well.
grant execute on function
  bookingdb.health(),
  bookingdb.health_checks()
  to bookingdb_app, bookingdb_admin, bookingdb_auditor, bookingdb_dispatcher;

-- bookingdb_app and bookingdb_admin: book, and change bookings.
grant execute on function
  bookingdb.set_actor(jsonb),
  bookingdb.create_booking_safe(date, time, int, text, text, text, bookingdb.payment_method, text,
    text, interval, text, jsonb, uuid),
  bookingdb.create_bookings(jsonb, jsonb, uuid),
  bookingdb.confirm_booking(uuid, int, int, text, text, text, jsonb, uuid),
  bookingdb.cancel_booking(uuid, text, int, jsonb, uuid),
  bookingdb.extend_hold(uuid, interval, int, jsonb, uuid),
  bookingdb.reschedule_booking(uuid, date, time, int, int, jsonb, uuid),
  bookingdb.record_payment(uuid, bookingdb.payment_status, int, jsonb, uuid),
  bookingdb.complete_booking(uuid, int, jsonb, uuid),
  bookingdb.mark_no_show(uuid, int, jsonb, uuid),
  bookingdb.expire_holds(int, jsonb, uuid),
  bookingdb.update_booking(uuid, int, text, text, text, text, int, jsonb, uuid),
  bookingdb.join_waitlist(date, time, int, text, text, text, text, jsonb, uuid),
  bookingdb.leave_waitlist(uuid, text, int, jsonb, uuid),
  bookingdb.confirm_processed(uuid, uuid)
  to bookingdb_app, bookingdb_admin;
grant execute on procedure
  bookingdb.book_hot_slot(date, time, int, text, text, text, bookingdb.payment_method, text, text,
    interval, text, jsonb, uuid, bookingdb.bookings)
  to bookingdb_app, bookingdb_admin;

-- bookingdb_admin: run the shop.
grant execute on function
  bookingdb.create_business(text, text, int, interval, interval, interval, int, jsonb, uuid),
  bookingdb.new_test_business_id(),
  bookingdb.remove_test_business(jsonb, uuid),
  bookingdb.update_business(text, text, int, interval, interval, interval, int, jsonb, uuid),
  bookingdb.set_opening_hours(jsonb, date, jsonb, uuid),
  bookingdb.set_schedule_exception(date, jsonb, text, jsonb, uuid),
  bookingdb.clear_schedule_exception(date, jsonb, uuid),
  bookingdb.plan_schedule_refresh(uuid),
  bookingdb.refresh_future_schedule(uuid),
  bookingdb.apply_schedule_plan(uuid, bookingdb.affected_policy, jsonb, uuid),
  bookingdb.adjust_slot(date, time, int, int, jsonb, uuid),
  bookingdb.add_closures(jsonb, boolean, jsonb, uuid),
  bookingdb.import_bookings(jsonb, text, int, jsonb, uuid),
  bookingdb.adopt_quarantined(uuid, date, time, int, jsonb, uuid),
  bookingdb.discard_quarantined(uuid, text, jsonb, uuid),
  bookingdb.create_audit_partitions(int),
  bookingdb.drop_audit_partition(date),
  bookingdb.add_webhook_endpoint(text, text[], text, text, jsonb, text[], bookingdb.webhook_profile,
    int, interval, interval[], interval, jsonb, uuid),
  bookingdb.update_webhook_endpoint(uuid, text, text[], text, jsonb, text[],
    bookingdb.webhook_profile, int, interval, interval[], interval, jsonb, uuid),
  bookingdb.rotate_webhook_secret(uuid, text, interval, jsonb, uuid),
  bookingdb.pause_webhook_endpoint(uuid, text, jsonb, uuid),
  bookingdb.resume_webhook_endpoint(uuid, jsonb, uuid),
  bookingdb.remove_webhook_endpoint(uuid, jsonb, uuid),
  bookingdb.send_test_event(uuid, jsonb, uuid),
  bookingdb.replay_deliveries(uuid, timestamptz, timestamptz, uuid, bookingdb.delivery_state, jsonb,
    uuid),
  bookingdb.purge_deliveries(interval, int),
  bookingdb.seal_audit(),
  bookingdb.run_integrity_check(),
  bookingdb.watch_overbooking(),
  bookingdb.erase_customer(text, text, bookingdb.open_bookings, jsonb, uuid),
  bookingdb.grant_business(text, jsonb, uuid),
  bookingdb.revoke_business(text, jsonb, uuid),
  bookingdb.grant_business_claims(text),
  bookingdb.unbind_role(text, jsonb),
  bookingdb.set_retention(bookingdb.retention_kind, interval, jsonb, uuid),
  bookingdb.apply_retention(boolean, int, jsonb),
  bookingdb.record_audit_export(date, bigint, bytea, text, jsonb),
  bookingdb.repair_counters(boolean, jsonb, uuid),
  bookingdb.release_stuck_leases(interval, boolean, jsonb),
  bookingdb.rebuild_relay(timestamptz, boolean, jsonb),
  bookingdb.requeue_dead_letters(uuid, timestamptz, timestamptz, int, boolean, jsonb, uuid)
  to bookingdb_admin;

-- What a worker does beside sending.
grant execute on function
  bookingdb.maintain(bookingdb.maintenance_task[], boolean)
  to bookingdb_admin, bookingdb_dispatcher;

-- bookingdb_dispatcher: send. It alone is handed secrets, by claim_deliveries(); no role may
-- read their table.
grant execute on function
  bookingdb.default_business_id(),
  bookingdb.relay_events(int),
  bookingdb.idle_time(interval),
  bookingdb.claim_deliveries(int, interval),
  bookingdb.release_deliveries(uuid[], uuid),
  bookingdb.record_attempt(uuid, uuid, int, timestamptz, interval, int, bookingdb.webhook_error, text,
    interval, uuid),
  bookingdb.record_attempts(jsonb),
  bookingdb.announce_sleep(boolean)
  to bookingdb_dispatcher;

-- Reading tables: the app what can be booked, admin and auditor everything.
grant select on
  bookingdb.businesses, bookingdb.opening_hours, bookingdb.schedule_exceptions, bookingdb.time_slots
  to bookingdb_app;
grant select on all tables in schema bookingdb to bookingdb_admin, bookingdb_auditor;
revoke select on bookingdb.webhook_secrets from bookingdb_admin, bookingdb_auditor;
grant execute on function
  bookingdb.check_integrity(),
  bookingdb.current_changes(interval),
  bookingdb.waiting_sessions(),
  bookingdb.metrics(int),
  bookingdb.dispute_file(uuid, uuid),
  bookingdb.availability_as_of(date, time, timestamptz, int, uuid),
  bookingdb.verify_audit(timestamptz, timestamptz, uuid),
  bookingdb.verify_receipts(jsonb, uuid),
  bookingdb.audit_proof(uuid, uuid),
  bookingdb.export_customer(text, uuid),
  bookingdb.is_erasure_of(uuid, uuid, text, uuid),
  bookingdb.security_audit(),
  bookingdb.audit_patterns(timestamptz, timestamptz, int, int, int, int, int, int, int, int, int, int,
    int, int, int, interval, interval, interval, interval, interval, interval, time, time, uuid),
  bookingdb.list_business_grants(),
  bookingdb.get_retention(uuid),
  bookingdb.differing_changes(jsonb),
  bookingdb.waiting_list(date, date, uuid),
  bookingdb.calendar_events(date, date, uuid),
  bookingdb.quarantined_bookings(uuid),
  bookingdb.webhook_status(uuid),
  bookingdb.recent_deliveries(uuid, bookingdb.delivery_state, uuid, int, uuid),
  bookingdb.delivery_trail(uuid, uuid),
  bookingdb.reconcile(timestamptz, timestamptz, uuid),
  bookingdb.report_summary(date, date, uuid),
  bookingdb.report_occupancy(date, date, uuid),
  bookingdb.report_week(date, date, uuid),
  bookingdb.report_activity(date, date, uuid),
  bookingdb.report_lead_times(date, date, uuid),
  bookingdb.report_deliveries(date, date, uuid),
  bookingdb.report_endpoints(date, date, uuid),
  bookingdb.report_refusals(date, date, uuid)
  to bookingdb_admin, bookingdb_auditor;

commit;
