"""The rules of hands that write SQL beside the functions."""

import datetime as dt

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machine.draws import BOOKINGS, SHOPS
from tests.machine.machine import Machine
from tests.machine.records import Booking
from tests.machine.schedule import Shop

__all__ = ["RawRules"]

STATUSES = ["waiting", "held", "confirmed", "completed", "no_show", "cancelled", "expired"]


class RawRules(Machine):
    """What a superuser does to bookings."""

    @rule(n=SHOPS, which=BOOKINGS)
    def delete(self, n: int, which: int) -> None:
        shop = self.visit(n)
        booking = self.any_booking(shop, which)
        if booking is not None:
            self.play(
                shop,
                "raw delete",
                lambda: self.write("delete from bookingdb.bookings", booking),
                lambda _: shop.remove(booking, "system"),
            )

    @rule(n=SHOPS, which=BOOKINGS, bouquets=st.integers(1, 3))
    def set_bouquets(self, n: int, which: int, bouquets: int) -> None:
        shop = self.visit(n)
        booking = self.any_booking(shop, which)
        if booking is not None:
            self.play(
                shop,
                "raw bouquets",
                lambda: self.write(
                    "update bookingdb.bookings set bouquets = %s", booking, bouquets
                ),
                lambda _: shop.change(booking, "system", bouquets=bouquets) and None,
            )

    @rule(n=SHOPS, which=BOOKINGS, status=st.sampled_from(STATUSES))
    def set_status(self, n: int, which: int, status: str) -> None:
        """By hand, with a new hold_expires_at where it is to be held."""
        shop = self.visit(n)
        booking = self.any_booking(shop, which)
        if booking is None:
            return
        until = booking.hold_expires_at
        if status == "held" and booking.status != "held":
            until = self.now + dt.timedelta(minutes=20)
        self.play(
            shop,
            f"raw {status}",
            lambda: self.write(
                "update bookingdb.bookings set status = %s, hold_expires_at = %s",
                booking,
                status,
                until,
            ),
            lambda _: shop.change(booking, "system", status=status, hold_expires_at=until) and None,
        )

    def any_booking(self, shop: Shop, which: int) -> Booking | None:
        return shop.bookings.get(self.some_booking(shop, which))

    def write(self, statement: str, booking: Booking, *values: object) -> None:
        where = " where booking_id = %s"
        self.conn.execute((statement + where).encode(), [*values, booking.booking_id])
