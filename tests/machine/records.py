"""What the model of a business is made of: bookings, slots, policies, changes. No database."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

__all__ = [
    "PAYMENT_MOVES",
    "STATUS_MOVES",
    "TAKES_PLACE",
    "Booking",
    "Change",
    "Key",
    "Policies",
    "Refused",
    "Slot",
    "action_of",
    "instant_of",
]

Key = tuple[dt.date, dt.time]
"""A slot of a business: its local date and time."""

TAKES_PLACE = frozenset({"held", "confirmed", "completed", "no_show"})

STATUS_MOVES = {
    "waiting": {"held", "cancelled", "expired"},
    "held": {"confirmed", "cancelled", "expired"},
    "expired": {"held", "confirmed"},
    "confirmed": {"cancelled", "completed", "no_show"},
    "completed": {"no_show"},
    "no_show": {"completed"},
    "cancelled": set[str](),
}

PAYMENT_MOVES = {
    "pending": {"paid", "failed"},
    "failed": {"pending", "paid"},
    "paid": {"refunded"},
    "refunded": set[str](),
}


class Refused(Exception):
    """The model expects the call to fail with this SQLSTATE, and nothing to have changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Policies:
    """The rules of a business."""

    time_zone: str
    horizon_days: int
    lead_time: dt.timedelta
    cancellation_window: dt.timedelta
    hold_time_to_live: dt.timedelta
    customer_limit: int


@dataclass(frozen=True)
class Slot:
    """A slot without its counters: those follow from the bookings."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    max_bookings: int
    max_bouquets: int
    is_adjusted: bool = False
    is_legacy: bool = False


@dataclass(frozen=True)
class Booking:
    """A booking as a row of the table, column by column."""

    booking_id: UUID
    date: dt.date
    time: dt.time
    bouquets: int
    customer_name: str | None
    customer_email: str | None
    customer_phone: str | None
    status: str
    payment_method: str
    created_at: dt.datetime
    updated_at: dt.datetime
    payment_status: str = "pending"
    hold_expires_at: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None
    cancelled_at: dt.datetime | None = None
    cancel_reason: str | None = None
    idempotency_key: str | None = None
    proposed_slots: tuple[dt.datetime, ...] | None = None
    version: int = 1

    @property
    def key(self) -> Key:
        return self.date, self.time

    @property
    def takes_place(self) -> bool:
        return self.status in TAKES_PLACE

    @property
    def refund_due(self) -> bool:
        return self.payment_status == "paid" and self.status in ("waiting", "cancelled", "expired")

    def has_run_out(self, now: dt.datetime) -> bool:
        return (
            self.status == "held" and self.hold_expires_at is not None
        ) and self.hold_expires_at <= now


@dataclass(frozen=True)
class Change:
    """What the audit log must tell of one change."""

    version: int
    action: str
    performed_by: str
    waived: tuple[str, ...] = ()


def action_of(old: Booking, new: Booking) -> str:
    """What a change is called in the audit log."""
    if (old.status, new.status) == ("waiting", "held"):
        return "offered"
    if new.status not in (old.status, "held"):
        return new.status
    if new.key != old.key:
        return "rescheduled"
    if new.payment_status != old.payment_status:
        names = {"paid": "succeeded", "failed": "failed", "refunded": "refunded"}
        if new.payment_status in names:
            return f"payment_{names[new.payment_status]}"
    return "modified"


def instant_of(date: dt.date, time: dt.time, zone: str) -> dt.datetime | None:
    """When the clocks of a zone first show a local time; None when they never do."""
    local = dt.datetime.combine(date, time)
    instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return instant if shown == local else None
