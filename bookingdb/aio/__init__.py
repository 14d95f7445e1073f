"""The same functions for an `AsyncConnection`.

Made from the catalog by tools/generate.py.
"""

from bookingdb.aio.actor import set_actor
from bookingdb.aio.audit import booking_history, create_audit_partitions
from bookingdb.aio.bookings import (
    cancel_booking,
    confirm_booking,
    create_booking_safe,
    create_bookings,
    get_booking,
    record_payment,
)
from bookingdb.aio.businesses import create_business, get_business, update_business
from bookingdb.aio.catalog import error_catalog, payment_moves, status_moves
from bookingdb.aio.integrity import check_integrity
from bookingdb.aio.schedule import (
    available_slots,
    plan_schedule_refresh,
    refresh_future_schedule,
    set_opening_hours,
    why_unavailable,
)

__all__ = [
    "available_slots",
    "booking_history",
    "cancel_booking",
    "check_integrity",
    "confirm_booking",
    "create_audit_partitions",
    "create_booking",
    "create_booking_safe",
    "create_bookings",
    "create_business",
    "error_catalog",
    "get_booking",
    "get_business",
    "payment_moves",
    "plan_schedule_refresh",
    "record_payment",
    "refresh_future_schedule",
    "set_actor",
    "set_opening_hours",
    "status_moves",
    "update_business",
    "why_unavailable",
]

create_booking = create_booking_safe
