"""The model of what becomes of a booking: one method per function, from its contract.

Each method raises Refused with the code that the function must raise. `by` is who acts; the
staff, "admin", waives policies. `expected` is the version that the caller believes in.
"""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from tests.machine.checks import Checks
from tests.machine.records import Booking, Key, Policies, Refused

__all__ = ["Lifecycle"]


class Lifecycle(Checks):
    """A business whose bookings are made, held, paid, moved, and brought to an end."""

    def __init__(self, policies: Policies, now: dt.datetime) -> None:
        super().__init__(policies, now)
        self.requests: dict[UUID, tuple[object, ...]] = {}

    def create(
        self,
        made: UUID,
        key: Key,
        bouquets: int,
        email: str | None,
        by: str,
        *,
        hold_for: dt.timedelta | None = None,
        method: str = "pay_on_arrival",
        request: str | None = None,
    ) -> Booking:
        if bouquets < 1 or (email is None and hold_for is None):
            raise Refused("ZB012")
        before = [b for b in self.bookings.values() if request and b.idempotency_key == request]
        if before:
            (same,) = before
            if self.requests[same.booking_id] != (key, bouquets, email, hold_for, method):
                raise Refused("ZB009")
            return same
        waived: tuple[str, ...] = ()
        if key not in self.slots or not self.is_open(key) or not self.seems_free(key, bouquets):
            waived = self.check_slot(key, bouquets, by)
        waived += self.check_customer(email, key[0], by)
        booking = self._new(made, key, bouquets, email, "held" if hold_for else "confirmed")
        booking = replace(
            booking,
            payment_method=method,
            hold_expires_at=self.now + hold_for if hold_for else None,
            confirmed_at=None if hold_for else self.now,
            idempotency_key=request,
        )
        self.requests[made] = (key, bouquets, email, hold_for, method)
        self.add(booking, by, waived)
        return booking

    def join(self, made: UUID, key: Key, bouquets: int, email: str, by: str) -> Booking:
        if bouquets < 1:
            raise Refused("ZB012")
        for code, _ in self.refusals(key, bouquets):
            if code not in ("ZB002", "ZB003"):
                raise Refused(code)
        if self.slots[key].max_bouquets < bouquets:
            raise Refused("ZB003")
        self.sweep(key)
        if self.waits(key, email) or any(
            b.status == "held"
            and not b.has_run_out(self.now)
            and str(b.customer_email).lower() == email.lower()
            for b in self.in_slot(key)
        ):
            raise Refused("ZB012")
        self.add(self._new(made, key, bouquets, email, "waiting"), by)
        return self.bookings[made]

    def leave(self, booking_id: UUID, expected: int | None, by: str) -> Booking:
        if self.locked(booking_id, expected).status not in ("waiting", "held"):
            raise Refused("ZB008")
        return self.cancel(booking_id, expected, by, None)

    def confirm(
        self,
        booking_id: UUID,
        expected: int | None,
        by: str,
        bouquets: int | None,
        name: str | None,
        email: str | None,
    ) -> Booking:
        booking = self.get(booking_id)
        email = email or booking.customer_email
        waived = self.check_customer(email, booking.date, by, booking_id, counts_holds=False)
        self.locked(booking_id, expected)
        self.check_move(booking, "confirmed")
        wanted = booking.bouquets if bouquets is None else bouquets
        name = name or booking.customer_name
        if wanted < 1 or name is None or email is None:
            raise Refused("ZB012")
        self.check_place(booking, wanted)
        return self.change(
            booking,
            by,
            waived=waived,
            status="confirmed",
            bouquets=wanted,
            customer_name=name,
            customer_email=email,
        )

    def extend(
        self, booking_id: UUID, expected: int | None, by: str, hold_for: dt.timedelta
    ) -> Booking:
        if hold_for < dt.timedelta(seconds=1):
            raise Refused("ZB012")
        booking = self.locked(booking_id, expected)
        if booking.status not in ("held", "expired"):
            raise Refused("ZB008")
        self.check_place(booking, booking.bouquets)
        return self.change(booking, by, status="held", hold_expires_at=self.now + hold_for)

    def cancel(
        self, booking_id: UUID, expected: int | None, by: str, reason: str | None
    ) -> Booking:
        booking = self.locked(booking_id, expected)
        self.check_move(booking, "cancelled")
        waived = self.check_window(booking, by, None)
        return self.change(booking, by, waived=waived, status="cancelled", cancel_reason=reason)

    def reschedule(
        self, booking_id: UUID, expected: int | None, by: str, key: Key, bouquets: int | None
    ) -> Booking:
        booking = self.get(booking_id)
        wanted = booking.bouquets if bouquets is None else bouquets
        if wanted < 1:
            raise Refused("ZB012")
        waived: tuple[str, ...] = ()
        if key[0] != booking.date:
            waived = self.check_customer(booking.customer_email, key[0], by, booking_id)
        self.locked(booking_id, expected)
        self.check_live(booking)
        if key != booking.key or wanted < booking.bouquets:
            waived += self.check_window(booking, by, key)
        if key != booking.key:
            waived += self.check_slot(key, wanted, by)
        return self.change(booking, by, waived=waived, date=key[0], time=key[1], bouquets=wanted)

    def pay(self, booking_id: UUID, expected: int | None, by: str, payment: str) -> Booking:
        booking = self.locked(booking_id, expected)
        if (booking.payment_method, payment) == ("pay_on_arrival", "failed"):
            raise Refused("ZB008")
        status = booking.status
        if payment == "paid" and status in ("held", "expired"):
            try:
                self.check_place(booking, booking.bouquets)
                status = "held"
            except Refused:
                status = "expired"
                booking = self.change(booking, by, status=status)
        return self.change(booking, by, payment_status=payment, status=status)

    def finish(self, booking_id: UUID, expected: int | None, by: str, status: str) -> Booking:
        booking = self.locked(booking_id, expected)
        self.check_move(booking, status)
        return self.change(booking, by, status=status)

    def correct(
        self,
        booking_id: UUID,
        expected: int | None,
        by: str,
        bouquets: int | None,
        name: str | None,
        email: str | None,
        phone: str | None,
    ) -> Booking:
        booking = self.get(booking_id)
        if bouquets is not None and bouquets < 1:
            raise Refused("ZB012")
        waived: tuple[str, ...] = ()
        is_other = email is not None and email.lower() != str(booking.customer_email).lower()
        if is_other and booking.status in ("held", "confirmed"):
            waived = self.check_customer(email, booking.date, by, booking_id)
        self.locked(booking_id, expected)
        wanted = bouquets or booking.bouquets
        if wanted != booking.bouquets and booking.status != "waiting":
            self.check_live(booking)
        elif wanted != booking.bouquets and wanted > self.slots[booking.key].max_bouquets:
            raise Refused("ZB003")
        if wanted < booking.bouquets:
            waived += self.check_window(booking, by, None)
        if booking.status == "waiting" and email and self.waits(booking.key, email, booking_id):
            raise Refused("ZB012")
        self.change(
            booking,
            by,
            waived=waived,
            bouquets=wanted,
            customer_name=name or booking.customer_name,
            customer_email=email or booking.customer_email,
            customer_phone=booking.customer_phone if phone is None else phone or None,
        )
        return self.bookings[booking_id]

    def expire(self, limit: int) -> int:
        stale = [b for b in self.bookings.values() if b.has_run_out(self.now)]
        first = sorted(stale, key=lambda b: (b.hold_expires_at or self.now, b.booking_id))[:limit]
        over = [k for k, s in self.slots.items() if s.starts_at <= self.now and self.waiting(k)]
        left_behind = [
            k
            for k in self.slots
            if self.is_open(k) and self.fitting(self.waiting(k), *self.free(k))
        ]
        return sum(map(self.sweep, sorted({*(b.key for b in first), *over, *left_behind})))

    def _new(self, made: UUID, key: Key, bouquets: int, email: str | None, status: str) -> Booking:
        name = None if email is None else "Ada"
        return Booking(
            made, *key, bouquets, name, email, None, status, "pay_on_arrival", self.now, self.now
        )
