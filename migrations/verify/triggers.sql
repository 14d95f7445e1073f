begin;
set local role bookingdb_owner;

do $$
declare
  v_found text[] := array(
    select format('%s.%s', c.relname, t.tgname)
      from pg_trigger t
      join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'bookingdb'::regnamespace
  );
begin
  assert v_found @> array[
    'bookings.a_stamp', 'bookings.b_check_moves', 'bookings.c_check_date_of_new',
    'bookings.c_check_date_of_moved', 'bookings.D_audit', 'bookings.D_audit_changed',
    'bookings.E_count_places', 'bookings.E_count_places_changed', 'bookings.refuse_truncate',
    'booking_audit_log.refuse_change', 'booking_audit_log.refuse_truncate',
    'time_slots.b_fill', 'time_slots.b_keep_overhang', 'time_slots.a_refuse_counters_of_new',
    'time_slots.a_refuse_counters', 'businesses.check_time_zone', 'businesses.move_slots'
  ], 'a trigger is missing';
end $$;

commit;
