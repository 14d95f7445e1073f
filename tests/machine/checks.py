"""The model of what several functions check, as the contracts say it of each."""

import datetime as dt
from uuid import UUID

from tests.machine.places import Places
from tests.machine.records import STATUS_MOVES, Booking, Key, Refused

__all__ = ["Checks"]


class Checks(Places):
    """Raises Refused, or returns the policies that staff waives."""

    def get(self, booking_id: UUID) -> Booking:
        if booking_id not in self.bookings:
            raise Refused("ZB006")
        return self.bookings[booking_id]

    def locked(self, booking_id: UUID, expected: int | None) -> Booking:
        booking = self.get(booking_id)
        if expected not in (None, booking.version):
            raise Refused("ZB007")
        return booking

    def seems_free(self, key: Key, bouquets: int) -> bool:
        """Whether the counters leave room: then who waits is asked only as the place is taken."""
        left = self.free(key)
        return left[0] >= 1 and left[1] >= bouquets

    def waits(self, key: Key, email: str, spared: UUID | None = None) -> bool:
        """Whether somebody of that address waits there already."""
        others = [b for b in self.waiting(key) if b.booking_id != spared]
        return email.lower() in [str(b.customer_email).lower() for b in others]

    def check_move(self, booking: Booking, status: str) -> None:
        if status not in STATUS_MOVES[booking.status]:
            raise Refused("ZB008")

    def check_live(self, booking: Booking) -> None:
        if booking.status == "expired" or booking.has_run_out(self.now):
            raise Refused("ZB010")
        if booking.status not in ("held", "confirmed"):
            raise Refused("ZB008")

    def check_place(self, booking: Booking, bouquets: int) -> None:
        """A hold that has run out has its place again as if it were a new booking of staff."""
        is_over = booking.status == "expired" or booking.has_run_out(self.now)
        if is_over and any(p is None for _, p in self.refusals(booking.key, bouquets)):
            raise Refused("ZB010")

    def check_slot(self, key: Key, bouquets: int, by: str) -> tuple[str, ...]:
        waived: tuple[str, ...] = ()
        for code, policy in self.refusals(key, bouquets):
            if policy is None or by != "admin":
                raise Refused(code)
            waived += (policy,)
        return waived

    def check_customer(
        self,
        email: str | None,
        date: dt.date,
        by: str,
        spared: UUID | None = None,
        *,
        counts_holds: bool = True,
    ) -> tuple[str, ...]:
        if not self.is_at_limit(email, date, spared, counts_holds=counts_holds):
            return ()
        if by != "admin":
            raise Refused("ZB014")
        return ("customer_limit",)

    def check_window(self, booking: Booking, by: str, target: Key | None) -> tuple[str, ...]:
        slot = self.slots[booking.key]
        if (
            booking.status != "confirmed"
            or slot.is_legacy
            or (target and dt.datetime.combine(*target) in (booking.proposed_slots or ()))
            or self.now < slot.starts_at - self.policies.cancellation_window
        ):
            return ()
        if by != "admin":
            raise Refused("ZB011")
        return ("cancellation_window",)
