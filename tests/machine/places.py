"""The model of capacity: how places are taken, freed, and offered to those who wait."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.machine.records import (
    PAYMENT_MOVES,
    STATUS_MOVES,
    Booking,
    Change,
    Key,
    Refused,
    action_of,
)
from tests.machine.room import Room

__all__ = ["Places"]


class Places(Room):
    """A business whose bookings come, change and go, whoever writes them."""

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
            self.coming = new
            self.sweep(key, new.booking_id)
            self.coming = None
            has_swept = True
        if bookings > 0 and slot.is_legacy:
            raise Refused("ZB004")
        raise Refused("ZB002" if bookings > 0 and free[0] < 1 else "ZB003")

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
