"""The same functions for an `AsyncConnection`.

Made from the catalog by tools/generate.py.
"""

from bookingdb.aio.actor import set_actor
from bookingdb.aio.audit import booking_history, create_audit_partitions
from bookingdb.aio.bookings import (
    cancel_booking,
    complete_booking,
    confirm_booking,
    create_booking_safe,
    create_bookings,
    expire_holds,
    extend_hold,
    get_booking,
    mark_no_show,
    record_payment,
    reschedule_booking,
)
from bookingdb.aio.businesses import create_business, get_business, update_business
from bookingdb.aio.catalog import error_catalog, payment_moves, status_moves
from bookingdb.aio.integrity import check_integrity
from bookingdb.aio.schedule import (
    available_slots,
    clear_schedule_exception,
    plan_schedule_refresh,
    refresh_future_schedule,
    set_opening_hours,
    set_schedule_exception,
    why_unavailable,
)

__all__ = [
    "available_slots",
    "booking_history",
    "cancel_booking",
    "check_integrity",
    "clear_schedule_exception",
    "complete_booking",
    "confirm_booking",
    "create_audit_partitions",
    "create_booking",
    "create_booking_safe",
    "create_bookings",
    "create_business",
    "error_catalog",
    "expire_holds",
    "extend_hold",
    "get_booking",
    "get_business",
    "mark_no_show",
    "payment_moves",
    "plan_schedule_refresh",
    "record_payment",
    "refresh_future_schedule",
    "reschedule_booking",
    "set_actor",
    "set_opening_hours",
    "set_schedule_exception",
    "status_moves",
    "update_business",
    "why_unavailable",
]

create_booking = create_booking_safe
