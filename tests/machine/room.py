"""The model of room: what is taken, what is left, who waits, and why a slot cannot be booked.

Counters are not kept but counted anew from the bookings, so that the counters of the database
have something independent to agree with.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.machine.records import Booking, Change, Key, Policies, Refused, Slot

__all__ = ["Room"]

T = TypeVar("T")


class Room:
    """The slots and bookings of one business."""

    def __init__(self, policies: Policies, now: dt.datetime) -> None:
        self.policies = policies
        self.now = now
        self.slots: dict[Key, Slot] = {}
        self.bookings: dict[UUID, Booking] = {}
        self.log: dict[UUID, tuple[Change, ...]] = {}
        self.coming: Booking | None = None  # written, but without a place yet

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.policies.time_zone)).date()

    def outcome(self, call: Callable[[], T]) -> tuple[str, T | None]:
        """("", result), or (SQLSTATE, None) with everything as it was."""
        saved = self._saved()
        try:
            return "", call()
        except Refused as refused:
            vars(self).update(saved)
            return refused.code, None

    def _saved(self) -> dict[str, Any]:
        return {name: copy(value) for name, value in vars(self).items()}

    def in_slot(self, key: Key) -> list[Booking]:
        """The bookings of a slot in the order in which they came."""
        found = [b for b in self.bookings.values() if b.key == key]
        return sorted(found, key=lambda b: (b.created_at, b.booking_id))

    def booked(self, key: Key) -> tuple[int, int]:
        """How many bookings take a place, and how many bouquets they take."""
        taking = [b.bouquets for b in self.in_slot(key) if b.takes_place]
        return len(taking), sum(taking)

    def waiting(self, key: Key) -> list[Booking]:
        """Who waits, first in line first."""
        return [b for b in self.in_slot(key) if b.status == "waiting"]

    def free(self, key: Key) -> tuple[int, int]:
        """What the counters leave; less than nothing where a limit was lowered."""
        slot, (count, bouquets) = self.slots[key], self.booked(key)
        return slot.max_bookings - count, slot.max_bouquets - bouquets

    def fitting(self, line: Iterable[Booking], bookings: int, bouquets: int) -> list[Booking]:
        """Who of the line gets a place, were so much free: who needs more, or has as many open
        bookings as the business takes from one customer, is passed over.
        """
        found = []
        for waiter in line:
            if bookings < 1 or bouquets < 1:
                break
            if waiter.bouquets <= bouquets and not self.is_at_limit(
                waiter.customer_email, waiter.date, waiter.booking_id
            ):
                bookings, bouquets = bookings - 1, bouquets - waiter.bouquets
                found.append(waiter)
        return found

    def is_at_limit(
        self, email: str | None, date: dt.date, spared: UUID | None, *, counts_holds: bool = True
    ) -> bool:
        """Whether a customer has as many open bookings on a date as the business takes from one."""
        if self.policies.customer_limit == 0 or email is None:
            return False
        known = self.bookings | ({self.coming.booking_id: self.coming} if self.coming else {})
        others = [
            b
            for b in known.values()
            if (b.date, str(b.customer_email).lower()) == (date, email.lower())
            and b.booking_id != spared
            and (
                b.status == "confirmed"
                or (counts_holds and b.status == "held" and not b.has_run_out(self.now))
            )
        ]
        return len(others) >= self.policies.customer_limit

    def left(self, key: Key) -> tuple[int, int]:
        """What can be booked: holds that have run out block nothing, and who waits goes first."""
        bookings, bouquets = self.free(key)
        stale = [b.bouquets for b in self.in_slot(key) if b.has_run_out(self.now)]
        bookings, bouquets = bookings + len(stale), bouquets + sum(stale)
        line = self.waiting(key) if self.is_open(key) else []
        offers = [b.bouquets for b in self.fitting(line, bookings, bouquets)]
        return bookings - len(offers), bouquets - sum(offers)

    def is_open(self, key: Key) -> bool:
        """Offered, not begun, not inside the lead time, not beyond the horizon."""
        slot = self.slots[key]
        return (
            not slot.is_legacy
            and slot.starts_at > self.now + self.policies.lead_time
            and key[0] <= self.today + dt.timedelta(self.policies.horizon_days)
        )

    def refusals(self, key: Key, bouquets: int) -> list[tuple[str, str | None]]:
        """What speaks against a booking, the weightiest first, and what policy staff may waive."""
        if key not in self.slots:
            return [("ZB001", None)]
        slot, left = self.slots[key], self.left(key)
        found: list[tuple[str, str | None]] = []
        if slot.is_legacy:
            found.append(("ZB004", None))
        if slot.starts_at <= self.now + self.policies.lead_time:
            found.append(("ZB005", "lead_time" if slot.starts_at > self.now else None))
        if key[0] > self.today + dt.timedelta(self.policies.horizon_days):
            found.append(("ZB005", "horizon"))
        if left[0] < 1:
            found.append(("ZB002", None))
        if left[1] < bouquets:
            found.append(("ZB003", None))
        return found
