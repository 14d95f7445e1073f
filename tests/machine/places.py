"""The model of capacity: what is taken, what is left, who waits, and who is offered a place.

Counters are not kept but counted anew from the bookings, so that the counters of the database
have something independent to agree with.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.machine.records import (
    PAYMENT_MOVES,
    STATUS_MOVES,
    Booking,
    Change,
    Corner,
    Key,
    Policies,
    Refused,
    Slot,
    action_of,
)

__all__ = ["Places"]

T = TypeVar("T")


class Places:
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

    def rehearse(self, call: Callable[[], object]) -> bool:
        """Whether the model can tell what comes of the call; nothing changes."""
        saved = self._saved()
        try:
            call()
        except Refused:
            return True
        except Corner:
            return False
        finally:
            vars(self).update(saved)
        return True

    def _saved(self) -> dict[str, Any]:
        return {name: copy(value) for name, value in vars(self).items()}

    # Questions

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

    # Changes

    def add(self, booking: Booking, by: str, waived: tuple[str, ...] = ()) -> None:
        """A new booking takes its place, or waits and may be offered one at once."""
        if booking.takes_place:
            self.take(booking, None)
        self.bookings[booking.booking_id] = booking
        self._tell(booking.booking_id, Change(1, "created", by, waived))
        if booking.status == "waiting":
            self.offer(booking.key)

    def change(
        self,
        old: Booking,
        by: str,
        *,
        waived: tuple[str, ...] = (),
        offers: bool = True,
        **values: Any,
    ) -> Booking:
        """Another version of a booking, with its place; the same one if nothing changes."""
        new = replace(old, **values)
        if (new.status, new.payment_status) == ("held", "paid") and new.hold_expires_at:
            until = max(new.hold_expires_at, self.slots[new.key].starts_at)
            new = replace(new, hold_expires_at=until)
        if new == old:
            return old
        if (new.key, new.status) != (old.key, old.status):
            new = replace(new, proposed_slots=None)
        new = replace(new, version=old.version + 1, updated_at=self.now)
        if new.status == "confirmed" and new.confirmed_at is None:
            new = replace(new, confirmed_at=self.now)
        if new.status == "cancelled" and new.cancelled_at is None:
            new = replace(new, cancelled_at=self.now)
        self._check(old, new)
        grows = max(_growth(new, old)) > 0
        if grows:
            self.take(new, old)
        self.bookings[new.booking_id] = new
        self._tell(new.booking_id, Change(new.version, action_of(old, new), by, waived))
        if new.key != old.key:
            self.offer(old.key)
        elif offers and not grows and (new.status, new.bouquets) != (old.status, old.bouquets):
            self.offer(new.key)
        return new

    def remove(self, booking: Booking, by: str) -> None:
        del self.bookings[booking.booking_id]
        self._tell(booking.booking_id, Change(booking.version + 1, "deleted", by))
        self.offer(booking.key)

    def take(self, new: Booking, old: Booking | None) -> None:
        """Make sure of room for a booking that is not counted yet: stale holds make way, and who
        waits gets what is his first.
        """
        key, slot = new.key, self.slots[new.key]
        bookings, bouquets = _growth(new, old)
        is_offer = old is not None and old.status == "waiting"
        has_swept = False
        while True:
            free = self.free(key)
            has_room = (bookings <= 0 or (not slot.is_legacy and bookings <= free[0])) and (
                bouquets <= 0 or bouquets <= free[1]
            )
            if has_room and (has_swept or is_offer or not self.waiting(key)):
                return
            if has_swept:
                break
            self.check_corner(key, bookings, new.booking_id)
            self.coming = new
            self.sweep(key, new.booking_id)
            self.coming = None
            has_swept = True
        if bookings > 0 and slot.is_legacy:
            raise Refused("ZB004")
        raise Refused("ZB002" if bookings > 0 and free[0] < 1 else "ZB003")

    def check_corner(self, key: Key, bookings: int, spared: UUID) -> None:
        """Of several holds that make way for a booking, the places of the first are offered before
        the last has gone: somebody who needs them all is passed over. Remove this check, Corner
        and rehearse() when offer_places() shares them out together here too.
        """
        stale = [b for b in self.in_slot(key) if b.has_run_out(self.now) and b.booking_id != spared]
        if bookings > 0 and len(stale) > 1 and len(self.waiting(key)) > 1 and self.is_open(key):
            raise Corner

    def sweep(self, key: Key, spared: UUID | None = None) -> int:
        """Expire what has run out, and who waits for a slot that has begun; then offer."""
        has_begun = self.slots[key].starts_at <= self.now
        over = [
            b
            for b in self.in_slot(key)
            if b.booking_id != spared
            and (b.has_run_out(self.now) or (has_begun and b.status == "waiting"))
        ]
        for booking in over:
            self.change(booking, "system", offers=False, status="expired")
        self.offer(key, spared)
        return len(over)

    def offer(self, key: Key, spared: UUID | None = None) -> None:
        """What is free in an open slot goes to those who wait."""
        if not self.is_open(key):
            return
        line = [b for b in self.waiting(key) if b.booking_id != spared]
        until = self.now + self.policies.hold_time_to_live
        for waiter in self.fitting(line, *self.free(key)):
            self.change(waiter, "system", status="held", hold_expires_at=until)

    def _tell(self, booking_id: UUID, change: Change) -> None:
        self.log[booking_id] = (*self.log.get(booking_id, ()), change)

    def _check(self, old: Booking, new: Booking) -> None:
        """Refuse what no writer may do."""
        if new.status != old.status and new.status not in STATUS_MOVES[old.status]:
            raise Refused("ZB008")
        if (
            new.payment_status != old.payment_status
            and new.payment_status not in PAYMENT_MOVES[old.payment_status]
        ):
            raise Refused("ZB008")
        is_known = None not in (new.customer_name, new.customer_email)
        if not is_known and new.status not in ("held", "expired", "cancelled"):
            raise Refused("23514")
        if new.status == "held" and new.hold_expires_at is None:
            raise Refused("23514")


def _growth(new: Booking, old: Booking | None) -> tuple[int, int]:
    """How many places and bouquets more a booking takes in the slot where it then is."""
    bookings, bouquets = int(new.takes_place), new.takes_place * new.bouquets
    if old is None or new.key != old.key:
        return bookings, bouquets
    return bookings - old.takes_place, bouquets - old.takes_place * old.bouquets
