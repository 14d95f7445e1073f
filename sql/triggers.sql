begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Who fires when, on one page. Triggers of one kind fire in the order of their names.

-- bookings: state first, then what follows from it. The audit row is written before the slot is
-- locked, so that the lock is held for as short as can be. Both have capitals so as to come
-- before the foreign key's own triggers, "RI_...": else a booking that moves would lock its new
-- slot out of order, by the check of the key, and one whose slot a refresh deletes just now
-- would fail with a foreign_key_violation instead of ZB001.
create trigger a_stamp
  before insert or update on bookingdb.bookings
  for each row execute function bookingdb.tg_bookings__stamp();
create trigger b_check
  before insert or update on bookingdb.bookings
  for each row execute function bookingdb.tg_bookings__check();
create trigger "D_audit"
  after insert or delete on bookingdb.bookings
  for each row execute function bookingdb.tg_bookings__audit();
create trigger "D_audit_changed"
  after update on bookingdb.bookings
  for each row when (new.version <> old.version)
  execute function bookingdb.tg_bookings__audit();
create trigger "E_count_places"
  after insert or delete on bookingdb.bookings
  for each row execute function bookingdb.tg_bookings__count_places();
create trigger "E_count_places_changed"
  after update on bookingdb.bookings
  for each row when (
    (new.business_id, new.date, new.time, new.status, new.bouquets)
    is distinct from (old.business_id, old.date, old.time, old.status, old.bouquets)
  )
  execute function bookingdb.tg_bookings__count_places();
create trigger refuse_test
  before update of business_id on bookingdb.bookings
  for each row when (new.business_id <> old.business_id)
  execute function bookingdb.tg_bookings__refuse_test();
create trigger refuse_truncate
  before truncate on bookingdb.bookings
  for each statement execute function bookingdb.tg_tables__refuse_truncate();

-- The audit logs and seals. Of booking_audit_log partitions inherit row triggers;
-- guard_audit_partitions() gives each the one for TRUNCATE.
create trigger refuse_change
  before update on bookingdb.booking_audit_log
  for each row when (not bookingdb.is_erasure(old, new))
  execute function bookingdb.tg_audit__refuse();
create trigger refuse_delete
  before delete on bookingdb.booking_audit_log
  for each row execute function bookingdb.tg_audit__refuse();
create trigger refuse_truncate
  before truncate on bookingdb.booking_audit_log
  for each statement execute function bookingdb.tg_audit__refuse();
create trigger refuse_change
  before update on bookingdb.settings_audit_log
  for each row when (not bookingdb.is_setting_erasure(old, new))
  execute function bookingdb.tg_audit__refuse();
create trigger refuse_delete
  before delete on bookingdb.settings_audit_log
  for each row execute function bookingdb.tg_audit__refuse();
create trigger refuse_truncate
  before truncate on bookingdb.settings_audit_log
  for each statement execute function bookingdb.tg_audit__refuse();

create trigger refuse_change
  before update or delete on bookingdb.audit_seals
  for each row execute function bookingdb.tg_audit__refuse();
create trigger refuse_truncate
  before truncate on bookingdb.audit_seals
  for each statement execute function bookingdb.tg_audit__refuse();
create trigger refuse_change
  before update or delete on bookingdb.audit_exports
  for each row execute function bookingdb.tg_audit__refuse();
create trigger refuse_truncate
  before truncate on bookingdb.audit_exports
  for each statement execute function bookingdb.tg_audit__refuse();
create trigger refuse_change
  before update or delete on bookingdb.erasures
  for each row execute function bookingdb.tg_audit__refuse();
create trigger refuse_truncate
  before truncate on bookingdb.erasures
  for each statement execute function bookingdb.tg_audit__refuse();

-- time_slots. Counters move only from within a trigger of bookings, that is at depth 1 or more
-- and as the owner; this is judged before the overhang is worked out.
create trigger a_refuse_counters_of_new
  before insert on bookingdb.time_slots
  for each row when (
    (new.booked_count, new.booked_bouquets, new.overhang_count, new.overhang_bouquets,
     new.waiting_count)
    <> (0, 0, 0, 0, 0)
  )
  execute function bookingdb.tg_time_slots__refuse_counters();
create trigger a_refuse_counters
  before update of booked_count, booked_bouquets, overhang_count, overhang_bouquets, waiting_count
  on bookingdb.time_slots
  for each row execute function bookingdb.tg_time_slots__refuse_counters();
create trigger b_fill
  before insert on bookingdb.time_slots
  for each row when (new.starts_at is null or new.ends_at is null)
  execute function bookingdb.tg_time_slots__fill();
create trigger b_fill_moved
  before update of date, time on bookingdb.time_slots
  for each row when ((new.date, new.time) <> (old.date, old.time))
  execute function bookingdb.tg_time_slots__fill();
create trigger b_keep_overhang
  before update of max_bookings, max_bouquets on bookingdb.time_slots
  for each row execute function bookingdb.tg_time_slots__keep_overhang();
-- Every change of what a slot offers, so that one can say later what it offered when; that it
-- was made, created_at tells. Never the counters: the log of bookings tells those.
create trigger c_audit
  after update of date, time, starts_at, max_bookings, max_bouquets, is_adjusted, is_legacy
  on bookingdb.time_slots
  for each row when (
    (new.date, new.time, new.starts_at, new.max_bookings, new.max_bouquets, new.is_adjusted,
     new.is_legacy)
    is distinct from
    (old.date, old.time, old.starts_at, old.max_bookings, old.max_bouquets, old.is_adjusted,
     old.is_legacy)
  )
  execute function bookingdb.tg_settings__audit();
create trigger c_audit_deleted
  after delete on bookingdb.time_slots
  for each row execute function bookingdb.tg_settings__audit();
create trigger d_offer
  after update of max_bookings, max_bouquets, is_legacy on bookingdb.time_slots
  for each row when (new.waiting_count > 0)
  execute function bookingdb.tg_time_slots__offer();

-- businesses, their schedules, webhooks, and what is decided on imported bookings
create trigger offer
  after update of lead_time, horizon_days, customer_limit on bookingdb.businesses
  for each row execute function bookingdb.tg_businesses__offer();
create trigger audit
  after insert or update or delete on bookingdb.businesses
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.opening_hours
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.schedule_exceptions
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.booking_quarantine
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.webhook_endpoints
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.business_grants
  for each row execute function bookingdb.tg_settings__audit();
create trigger audit
  after insert or update or delete on bookingdb.retention_policies
  for each row execute function bookingdb.tg_settings__audit();
create trigger check_time_zone
  before insert or update of time_zone on bookingdb.businesses
  for each row execute function bookingdb.tg_businesses__check_time_zone();
create trigger move_slots
  after update on bookingdb.businesses
  for each row when (new.time_zone <> old.time_zone)
  execute function bookingdb.tg_businesses__move_slots();
create trigger refuse_truncate
  before truncate on bookingdb.opening_hours
  for each statement execute function bookingdb.tg_tables__refuse_truncate();
create trigger refuse_truncate
  before truncate on bookingdb.schedule_exceptions
  for each statement execute function bookingdb.tg_tables__refuse_truncate();
create trigger refuse_truncate
  before truncate on bookingdb.booking_quarantine
  for each statement execute function bookingdb.tg_tables__refuse_truncate();
create trigger refuse_truncate
  before truncate on bookingdb.business_grants
  for each statement execute function bookingdb.tg_tables__refuse_truncate();

commit;
