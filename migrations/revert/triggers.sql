begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

drop trigger refuse_truncate on bookingdb.booking_quarantine;
drop trigger refuse_truncate on bookingdb.schedule_exceptions;
drop trigger refuse_truncate on bookingdb.opening_hours;
drop trigger offer on bookingdb.businesses;
drop trigger c_audit_deleted on bookingdb.time_slots;
drop trigger audit on bookingdb.booking_quarantine;
drop trigger audit on bookingdb.schedule_exceptions;
drop trigger audit on bookingdb.opening_hours;
drop trigger audit on bookingdb.webhook_endpoints;
drop trigger audit on bookingdb.retention_policies;
drop trigger audit on bookingdb.businesses;
drop trigger refuse_truncate on bookingdb.business_grants;
drop trigger audit on bookingdb.business_grants;
drop trigger move_slots on bookingdb.businesses;
drop trigger check_time_zone on bookingdb.businesses;

drop trigger d_offer on bookingdb.time_slots;
drop trigger c_audit on bookingdb.time_slots;
drop trigger a_refuse_counters on bookingdb.time_slots;
drop trigger a_refuse_counters_of_new on bookingdb.time_slots;
drop trigger b_keep_overhang on bookingdb.time_slots;
drop trigger b_fill_moved on bookingdb.time_slots;
drop trigger b_fill on bookingdb.time_slots;

drop trigger refuse_truncate on bookingdb.erasures;
drop trigger refuse_change on bookingdb.erasures;
drop trigger refuse_truncate on bookingdb.audit_exports;
drop trigger refuse_change on bookingdb.audit_exports;
drop trigger refuse_truncate on bookingdb.audit_seals;
drop trigger refuse_change on bookingdb.audit_seals;
drop trigger refuse_truncate on bookingdb.settings_audit_log;
drop trigger refuse_delete on bookingdb.settings_audit_log;
drop trigger refuse_change on bookingdb.settings_audit_log;
drop trigger refuse_truncate on bookingdb.booking_audit_log;
drop trigger refuse_delete on bookingdb.booking_audit_log;
drop trigger refuse_change on bookingdb.booking_audit_log;

drop trigger refuse_truncate on bookingdb.bookings;
drop trigger "E_count_places_changed" on bookingdb.bookings;
drop trigger "E_count_places" on bookingdb.bookings;
drop trigger "D_audit_changed" on bookingdb.bookings;
drop trigger "D_audit" on bookingdb.bookings;
drop trigger b_check on bookingdb.bookings;
drop trigger a_stamp on bookingdb.bookings;
drop trigger refuse_test on bookingdb.bookings;

commit;
