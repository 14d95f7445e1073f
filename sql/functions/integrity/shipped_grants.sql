begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The privileges that access/grants and its kin give, for security_audit() to compare with.
-- Made from a fresh database by tools/generate.py: change the grants, never this. A partition
-- has those of its table.
create function bookingdb.shipped_grants()
returns table (kind text, object text, grantee text, privilege text)
language sql
immutable
begin atomic
  select g.kind, o.object, r.grantee, g.privilege
    from (values
      ('routine', 'EXECUTE', '{bookingdb_admin}'::text[],
       '{add_closures, add_webhook_endpoint, adjust_slot, adopt_quarantined, apply_retention,
         apply_schedule_plan, clear_schedule_exception, create_audit_partitions, create_business,
         discard_quarantined, drop_audit_partition, erase_customer, grant_business, grant_business_claims,
         import_bookings, new_test_business_id, pause_webhook_endpoint, plan_schedule_refresh,
         purge_deliveries, rebuild_relay, record_audit_export, refresh_future_schedule, release_stuck_leases,
         remove_test_business, remove_webhook_endpoint, repair_counters, replay_deliveries,
         requeue_dead_letters, resume_webhook_endpoint, revoke_business, rotate_webhook_secret,
         run_integrity_check, seal_audit, send_test_event, set_opening_hours, set_retention,
         set_schedule_exception, unbind_role, update_business, update_webhook_endpoint,
         watch_overbooking}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_admin,bookingdb_app}'::text[],
       '{book_hot_slot, cancel_booking, complete_booking, confirm_booking, confirm_processed,
         create_booking_safe, create_bookings, expire_holds, extend_hold, join_waitlist, leave_waitlist,
         mark_no_show, record_payment, reschedule_booking, set_actor, update_booking}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_admin,bookingdb_app,bookingdb_auditor}'::text[],
       '{available_slots, booking_as_of, booking_history, calendar_event, error_catalog, get_booking,
         get_business, has_replayed, is_test_business, payment_moves, propose_alternatives, replica_lag,
         schedule_as_of, status_moves, watch_availability, webhook_event_types, webhook_fields,
         why_unavailable, write_token}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_admin,bookingdb_app,bookingdb_auditor,bookingdb_dispatcher}'::text[],
       '{default_business_id, health, health_checks}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_admin,bookingdb_auditor}'::text[],
       '{audit_patterns, audit_proof, availability_as_of, calendar_events, check_integrity, current_changes,
         delivery_trail, differing_changes, dispute_file, export_customer, get_retention, is_erasure_of,
         list_business_grants, metrics, quarantined_bookings, recent_deliveries, reconcile, report_activity,
         report_deliveries, report_endpoints, report_lead_times, report_occupancy, report_refusals,
         report_summary, report_week, security_audit, verify_audit, verify_receipts, waiting_list,
         waiting_sessions, webhook_status}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_admin,bookingdb_dispatcher}'::text[],
       '{maintain}'::text[]),
      ('routine', 'EXECUTE', '{bookingdb_dispatcher}'::text[],
       '{announce_sleep, claim_deliveries, idle_time, record_attempt, record_attempts, relay_events,
         release_deliveries}'::text[]),
      ('routine', 'EXECUTE', '{public}'::text[],
       '{granted_businesses, is_granted, is_unbound}'::text[]),
      ('schema', 'USAGE', '{bookingdb_admin,bookingdb_app,bookingdb_auditor,bookingdb_dispatcher}'::text[],
       '{bookingdb}'::text[]),
      ('table', 'SELECT', '{bookingdb_admin,bookingdb_app,bookingdb_auditor}'::text[],
       '{businesses, opening_hours, schedule_exceptions, time_slots}'::text[]),
      ('table', 'SELECT', '{bookingdb_admin,bookingdb_auditor}'::text[],
       '{alarms, audit_chain_cuts, audit_exports, audit_seal_cursor, audit_seals, booking_audit_log,
         booking_audit_log_partitions, booking_quarantine, bookings, business_grants, erasures,
         integrity_runs, maintenance_runs, relay_cursor, retention_policies, settings_audit_log,
         webhook_attempts, webhook_deliveries, webhook_endpoint_health, webhook_endpoints,
         webhook_payloads}'::text[]),
      ('type', 'USAGE', '{bookingdb_admin,bookingdb_app,bookingdb_auditor}'::text[],
       '{actor_kind, affected_policy, audit_damage, booking_action, booking_effect, booking_status,
         delivery_state, import_outcome, open_bookings, payment_method, payment_status, refresh_action,
         retention_kind, retention_outcome, webhook_profile}'::text[]),
      ('type', 'USAGE', '{bookingdb_admin,bookingdb_app,bookingdb_auditor,bookingdb_dispatcher}'::text[],
       '{health_severity, maintenance_task, webhook_error}'::text[]),
      ('type', 'USAGE', '{bookingdb_admin,bookingdb_auditor}'::text[],
       '{severity}'::text[])
    ) as g (kind, privilege, grantees, objects)
   cross join lateral unnest(g.grantees) as r (grantee)
   cross join lateral unnest(g.objects) as o (object);
end;
comment on function bookingdb.shipped_grants is 'The privileges that are shipped.';

commit;
