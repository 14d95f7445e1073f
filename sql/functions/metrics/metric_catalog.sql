begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The metrics that metrics() gives: what each is called, whether it is a gauge or a counter,
-- its labels, and what it counts. business_id is there only where businesses are told apart.
create function bookingdb.metric_catalog()
returns table (name text, kind text, labels text[], help text)
language sql
immutable
begin atomic
  values
    ('bookingdb_recent_window_seconds', 'gauge', '{of}'::text[],
     'How far back the bookingdb_recent_ metrics reach: an hour, or less where that is more than 5000 changes, or deliveries of a business.'),
    ('bookingdb_recent_changes', 'gauge', '{business_id, action}',
     'Changes of bookings, by what happened.'),
    ('bookingdb_recent_deliveries', 'gauge', '{endpoint_id, state}',
     'Deliveries that were queued, by how they stand now.'),
    ('bookingdb_recent_attempts', 'gauge', '{endpoint_id, status}',
     'Attempts at these deliveries, by HTTP status or, without an answer, by error.'),
    ('bookingdb_recent_attempt_success_ratio', 'gauge', '{endpoint_id}',
     'Share of these attempts that succeeded.'),
    ('bookingdb_recent_delivery_lag_seconds', 'gauge', '{endpoint_id, statistic}',
     'From the change to the successful answer: median, 95th percentile and maximum.'),
    ('bookingdb_endpoint_info', 'gauge', '{endpoint_id, host, description}',
     'Always 1: an endpoint, its host and its description.'),
    ('bookingdb_endpoint_pending_deliveries', 'gauge', '{endpoint_id}',
     'Deliveries that wait, up to 10000.'),
    ('bookingdb_endpoint_dead_deliveries', 'gauge', '{endpoint_id}',
     'Deliveries whose retries all failed, up to 10000.'),
    ('bookingdb_endpoint_overdue_seconds', 'gauge', '{endpoint_id}',
     'For how long the first delivery has been due; 0: none is.'),
    ('bookingdb_endpoint_failing_seconds', 'gauge', '{endpoint_id}',
     'For how long no attempt has succeeded; 0: the last one did.'),
    ('bookingdb_endpoint_paused', 'gauge', '{endpoint_id}', '1 while its deliveries are held back.'),
    ('bookingdb_upcoming_slots', 'gauge', '{business_id, state}',
     'Slots that begin within seven days: open, full, over_limit, or legacy with bookings.'),
    ('bookingdb_upcoming_booked_bookings', 'gauge', '{business_id}', 'Bookings in these slots.'),
    ('bookingdb_upcoming_max_bookings', 'gauge', '{business_id}',
     'Bookings that these slots take, legacy ones apart.'),
    ('bookingdb_upcoming_booked_bouquets', 'gauge', '{business_id}', 'Units booked in these slots.'),
    ('bookingdb_upcoming_max_bouquets', 'gauge', '{business_id}',
     'Units that these slots take, legacy ones apart.'),
    ('bookingdb_upcoming_waiting', 'gauge', '{business_id}',
     'Customers who wait for a place in these slots.'),
    ('bookingdb_holds', 'gauge', '{business_id, state}',
     'Places that are held: live, or run out and not swept yet.'),
    ('bookingdb_health_severity', 'gauge', '{check}',
     'How grave what a check of health() found is: 0 ok, 1 warning, 2 critical.'),
    ('bookingdb_health_figure', 'gauge', '{check, unit}',
     'What a check of health() counted, in its unit.'),
    ('bookingdb_health_remedy_info', 'gauge', '{check, remedy}',
     'Always 1, while a check of health() is not ok: what to do.'),
    ('bookingdb_integrity_findings', 'gauge', '{check}',
     'Findings of the last check_integrity() that was recorded, by check.'),
    ('bookingdb_integrity_check_timestamp_seconds', 'gauge', '{}', 'When that began.'),
    ('bookingdb_maintenance_success_timestamp_seconds', 'gauge', '{task}',
     'When maintain() last finished a task without a problem.'),
    ('bookingdb_maintenance_duration_seconds', 'gauge', '{task}', 'How long its last call took.'),
    ('bookingdb_maintenance_done', 'gauge', '{task}',
     'What its last round did: slots refreshed, holds expired, partitions made and so on.'),
    ('bookingdb_maintenance_problem', 'gauge', '{task}', '1 when its last round met with a problem.'),
    ('bookingdb_lock_waiters', 'gauge', '{}', 'Sessions of this database that wait for a lock.'),
    ('bookingdb_deadlocks_total', 'counter', '{}',
     'Deadlocks in this database, as PostgreSQL counts them.'),
    ('bookingdb_transactions_total', 'counter', '{outcome}',
     'Transactions in this database, as PostgreSQL counts them: committed, rolled_back.'),
    ('bookingdb_table_rows', 'gauge', '{table}',
     'Rows of a table, as VACUUM and ANALYZE last estimated them.');
end;
comment on function bookingdb.metric_catalog is 'The metrics that metrics() gives, and what they count.';

commit;
