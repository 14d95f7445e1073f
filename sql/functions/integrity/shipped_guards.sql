begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The triggers and constraints that keep the promises, by table or domain. A test
-- compares this list with what a fresh database has.
create function bookingdb.shipped_guards()
returns table (table_name text, guard_name text)
language sql
immutable
begin atomic
  select g.table_name, unnest(g.guard_names)
    from (values
      ('businesses', array[
        'check_time_zone', 'move_slots', 'name_given', 'horizon_days_in_range',
        'lead_time_not_negative', 'cancellation_window_not_negative',
        'hold_time_to_live_positive', 'customer_limit_not_negative', 'audit', 'offer']),
      ('business_grants', array['business_exists', 'audit', 'refuse_truncate']),
      ('opening_hours', array[
        'business_exists', 'in_force_not_empty', 'weekday_iso', 'closes_after_opens',
        'slot_interval_fits', 'limits_not_negative', 'rules_do_not_overlap', 'audit',
        'refuse_truncate']),
      ('schedule_exceptions', array[
        'business_exists', 'date_finite', 'closed_or_complete', 'closes_after_opens',
        'slot_interval_fits', 'limits_not_negative', 'reason_given',
        'exceptions_do_not_overlap', 'audit', 'refuse_truncate']),
      ('time_slots', array[
        'a_refuse_counters_of_new', 'a_refuse_counters', 'b_fill', 'b_fill_moved',
        'b_keep_overhang', 'c_audit', 'c_audit_deleted', 'd_offer', 'business_exists', 'date_finite', 'ends_after_start',
        'max_bookings_kept', 'max_bouquets_kept']),
      ('bookings', array[
        'a_stamp', 'b_check', 'D_audit', 'D_audit_changed', 'E_count_places',
        'E_count_places_changed', 'refuse_test', 'refuse_truncate', 'slot_exists',
        'payment_consistency']),
      ('customer_name', array['customer_name_valid']),
      ('customer_email', array['customer_email_valid']),
      ('customer_phone', array['customer_phone_valid']),
      ('booking_notes', array['notes_valid']),
      ('cancel_reason', array['cancel_reason_valid']),
      ('idempotency_key', array['idempotency_key_valid']),
      ('external_reference', array['external_reference_valid']),
      ('instant', array['times_finite']),
      ('quantity', array['bouquets_positive']),
      ('slot_limit', array['limits_not_negative']),
      ('slot_counter', array['counters_not_negative']),
      ('slot_overhang', array['overhang_not_negative']),
      ('waived_policies', array['waived_known']),
      ('booking_audit_log', array['refuse_change', 'refuse_delete', 'refuse_truncate']),
      ('audit_seals', array['refuse_change', 'refuse_truncate']),
      ('audit_seal_cursor', array['only_one_row']),
      ('audit_exports', array['refuse_change', 'refuse_truncate']),
      ('retention_policies', array['business_exists', 'keep_in_range', 'audit']),
      ('erasures', array['refuse_change', 'refuse_truncate']),
      ('settings_audit_log', array['refuse_change', 'refuse_delete', 'refuse_truncate']),
      ('booking_quarantine', array[
        'refuse_truncate', 'business_exists', 'source_given', 'resolved_has_resolution', 'audit']),
      ('webhook_endpoints', array[
        'business_exists', 'url_valid', 'description_valid', 'event_types_given', 'fields_are_a_list',
        'rate_limit_in_range', 'timeout_in_range', 'retry_schedule_valid',
        'pause_after_in_range', 'paused_has_reason', 'audit']),
      ('webhook_endpoint_health', array['endpoint_exists']),
      ('webhook_secrets', array['endpoint_exists']),
      ('webhook_deliveries', array[
        'finished_has_time', 'claimed_is_pending', 'claimed_has_time', 'booking_has_version',
        'counts_not_negative']),
      ('webhook_attempts', array[
        'attempt_number_positive', 'status_in_range', 'success_is_2xx', 'answer_short']),
      ('alarms', array['business_exists']),
      ('relay_cursor', array['only_one_row'])
    ) as g (table_name, guard_names);
end;
comment on function bookingdb.shipped_guards is 'The triggers and constraints that keep the promises.';

commit;
