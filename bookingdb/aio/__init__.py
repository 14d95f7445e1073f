"""The same functions for an `AsyncConnection`.

Made from the catalog by tools/generate.py.
"""

from bookingdb.aio.actor import set_actor
from bookingdb.aio.audit import (
    audit_proof,
    booking_history,
    create_audit_partitions,
    drop_audit_partition,
    seal_audit,
    verify_audit,
    verify_receipts,
)
from bookingdb.aio.bookings import (
    book_hot_slot,
    calendar_event,
    calendar_events,
    create_booking_safe,
    create_bookings,
    get_booking,
)
from bookingdb.aio.businesses import create_business, get_business, update_business
from bookingdb.aio.calendars import calendar_feed
from bookingdb.aio.catalog import error_catalog, payment_moves, status_moves
from bookingdb.aio.holds import confirm_booking, expire_holds, extend_hold
from bookingdb.aio.imports import (
    adopt_quarantined,
    discard_quarantined,
    import_bookings,
    quarantined_bookings,
)
from bookingdb.aio.integrity import check_integrity
from bookingdb.aio.lifecycle import (
    cancel_booking,
    complete_booking,
    mark_no_show,
    propose_alternatives,
    record_payment,
    reschedule_booking,
    update_booking,
)
from bookingdb.aio.relay import (
    announce_sleep,
    claim_deliveries,
    idle_time,
    record_attempt,
    record_attempts,
    relay_events,
    release_deliveries,
)
from bookingdb.aio.retention import (
    apply_retention,
    differing_changes,
    get_retention,
    record_audit_export,
    set_retention,
)
from bookingdb.aio.schedule import (
    add_closures,
    clear_schedule_exception,
    schedule_as_of,
    set_opening_hours,
    set_schedule_exception,
)
from bookingdb.aio.slots import (
    adjust_slot,
    apply_schedule_plan,
    available_slots,
    plan_schedule_refresh,
    refresh_future_schedule,
    why_unavailable,
)
from bookingdb.aio.waitlist import join_waitlist, leave_waitlist, waiting_list
from bookingdb.aio.webhooks import (
    add_webhook_endpoint,
    confirm_processed,
    delivery_trail,
    pause_webhook_endpoint,
    purge_deliveries,
    recent_deliveries,
    reconcile,
    remove_webhook_endpoint,
    replay_deliveries,
    resume_webhook_endpoint,
    rotate_webhook_secret,
    send_test_event,
    update_webhook_endpoint,
    webhook_event_types,
    webhook_fields,
    webhook_status,
)

__all__ = [
    "add_closures",
    "add_webhook_endpoint",
    "adjust_slot",
    "adopt_quarantined",
    "announce_sleep",
    "apply_retention",
    "apply_schedule_plan",
    "audit_proof",
    "available_slots",
    "book_hot_slot",
    "booking_history",
    "calendar_event",
    "calendar_events",
    "calendar_feed",
    "cancel_booking",
    "check_integrity",
    "claim_deliveries",
    "clear_schedule_exception",
    "complete_booking",
    "confirm_booking",
    "confirm_processed",
    "create_audit_partitions",
    "create_booking",
    "create_booking_safe",
    "create_bookings",
    "create_business",
    "delivery_trail",
    "differing_changes",
    "discard_quarantined",
    "drop_audit_partition",
    "error_catalog",
    "expire_holds",
    "extend_hold",
    "get_booking",
    "get_business",
    "get_retention",
    "idle_time",
    "import_bookings",
    "join_waitlist",
    "leave_waitlist",
    "mark_no_show",
    "pause_webhook_endpoint",
    "payment_moves",
    "plan_schedule_refresh",
    "propose_alternatives",
    "purge_deliveries",
    "quarantined_bookings",
    "recent_deliveries",
    "reconcile",
    "record_attempt",
    "record_attempts",
    "record_audit_export",
    "record_payment",
    "refresh_future_schedule",
    "relay_events",
    "release_deliveries",
    "remove_webhook_endpoint",
    "replay_deliveries",
    "reschedule_booking",
    "resume_webhook_endpoint",
    "rotate_webhook_secret",
    "schedule_as_of",
    "seal_audit",
    "send_test_event",
    "set_actor",
    "set_opening_hours",
    "set_retention",
    "set_schedule_exception",
    "status_moves",
    "update_booking",
    "update_business",
    "update_webhook_endpoint",
    "verify_audit",
    "verify_receipts",
    "waiting_list",
    "webhook_event_types",
    "webhook_fields",
    "webhook_status",
    "why_unavailable",
]

create_booking = create_booking_safe
