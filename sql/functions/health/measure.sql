begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a check of the health finds, by its name.
create function bookingdb.measure(p_name text)
returns bookingdb.health_reading
language plpgsql
stable
as $$
begin
  return case p_name
    when 'migrations' then bookingdb.measure_migrations()
    when 'partitions_ahead' then bookingdb.measure_partitions_ahead()
    when 'default_partition' then bookingdb.measure_default_partition()
    when 'relay_lag' then bookingdb.measure_relay_lag()
    when 'oldest_undelivered' then bookingdb.measure_oldest_undelivered()
    when 'dead_letters' then bookingdb.measure_dead_letters()
    when 'paused_endpoints' then bookingdb.measure_paused_endpoints()
    when 'stuck_leases' then bookingdb.measure_stuck_leases()
    when 'dispatcher' then bookingdb.measure_dispatcher()
    when 'expired_holds' then bookingdb.measure_expired_holds()
    when 'slots_ahead' then bookingdb.measure_slots_ahead()
    when 'unsealed_changes' then bookingdb.measure_unsealed_changes()
    when 'time_zones' then bookingdb.measure_time_zones()
    when 'clock' then bookingdb.measure_clock()
    when 'integrity' then bookingdb.measure_integrity()
    when 'overbooked' then bookingdb.measure_overbooked()
    when 'counters' then bookingdb.measure_counters()
    when 'guards' then bookingdb.measure_guards()
    when 'long_transactions' then bookingdb.measure_long_transactions()
    when 'blocked_bookings' then bookingdb.measure_blocked_bookings()
    when 'prepared_transactions' then bookingdb.measure_prepared_transactions()
    when 'autovacuum' then bookingdb.measure_autovacuum()
    when 'xid_age' then bookingdb.measure_xid_age()
    when 'maintenance' then bookingdb.measure_maintenance()
    when 'restored' then bookingdb.measure_restored()
  end;
end $$;
comment on function bookingdb.measure is 'What a check of the health finds, by its name.';

commit;
