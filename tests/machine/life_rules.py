"""The rules that confirm, change and end bookings."""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

import bookingdb
from bookingdb import PaymentStatus
from tests.machine.draws import AIMS, HOLDS, OTHER_BOUQUETS, OTHER_EMAILS, SLOTS, Aim
from tests.machine.machine import Machine, actor_of
from tests.machine.records import Booking
from tests.machine.schedule import Shop

__all__ = ["LifeRules"]

NO_TIME = st.just(dt.timedelta(0))


class Target(NamedTuple):
    """A booking, and what the functions and the model are given with it."""

    shop: Shop
    booking_id: UUID
    booking: Booking | None
    given: dict[str, Any]
    who: tuple[UUID, int | None, str]


class LifeRules(Machine):
    """What becomes of bookings."""

    def target(self, aim: Aim, *wanted: str) -> Target:
        n, which, off_by, by = aim
        shop = self.visit(n)
        booking_id = self.some_booking(shop, which, *wanted)
        booking = shop.bookings.get(booking_id)
        expected = None if off_by is None or booking is None else booking.version + off_by
        given = {
            "expected_version": expected,
            "actor": actor_of(by),
            "business_id": shop.business_id,
        }
        return Target(shop, booking_id, booking, given, (booking_id, expected, by))

    @rule(
        aim=AIMS,
        bouquets=OTHER_BOUQUETS,
        name=st.sampled_from(["Ada", None]),
        email=OTHER_EMAILS,
    )
    def confirm(self, aim: Aim, bouquets: int | None, name: str | None, email: str | None) -> None:
        to = self.target(aim, "held", "expired")
        self.play(
            to.shop,
            "confirm",
            lambda: bookingdb.confirm_booking(
                self.conn,
                to.booking_id,
                bouquets=bouquets,
                customer_name=name,
                customer_email=email,
                **to.given,
            ),
            lambda _: to.shop.confirm(*to.who, bouquets, name, email),
        )

    @rule(aim=AIMS, hold_for=st.one_of(HOLDS, HOLDS, NO_TIME))
    def extend(self, aim: Aim, hold_for: dt.timedelta) -> None:
        to = self.target(aim, "held", "expired")
        self.play(
            to.shop,
            "extend",
            lambda: bookingdb.extend_hold(self.conn, to.booking_id, hold_for, **to.given),
            lambda _: to.shop.extend(*to.who, hold_for),
        )

    @rule(aim=AIMS, payment=st.sampled_from([PaymentStatus.PAID, *PaymentStatus]))
    def pay(self, aim: Aim, payment: PaymentStatus) -> None:
        to = self.target(aim, "held", "expired", "confirmed")
        self.play(
            to.shop,
            f"pay {payment}",
            lambda: bookingdb.record_payment(self.conn, to.booking_id, payment, **to.given),
            lambda _: to.shop.pay(*to.who, str(payment)),
        )

    @rule(aim=AIMS)
    def leave_waitlist(self, aim: Aim) -> None:
        to = self.target(aim, "waiting", "held")
        self.play(
            to.shop,
            "leave",
            lambda: bookingdb.leave_waitlist(self.conn, to.booking_id, **to.given),
            lambda _: to.shop.leave(*to.who),
        )

    @rule(aim=AIMS, reason=st.sampled_from([None, "rain"]))
    def cancel(self, aim: Aim, reason: str | None) -> None:
        to = self.target(aim, "waiting", "held", "confirmed")
        self.play(
            to.shop,
            "cancel",
            lambda: bookingdb.cancel_booking(self.conn, to.booking_id, reason=reason, **to.given),
            lambda _: to.shop.cancel(*to.who, reason),
        )

    @rule(aim=AIMS, slot=SLOTS, bouquets=OTHER_BOUQUETS)
    def reschedule(self, aim: Aim, slot: int, bouquets: int | None) -> None:
        to = self.target(aim, "held", "confirmed")
        key = self.some_key(to.shop, slot)
        self.play(
            to.shop,
            "reschedule",
            lambda: bookingdb.reschedule_booking(
                self.conn, to.booking_id, *key, bouquets=bouquets, **to.given
            ),
            lambda _: to.shop.reschedule(*to.who, key, bouquets),
        )

    @rule(aim=AIMS, early=st.booleans(), slot=SLOTS)
    def hurry(self, aim: Aim, early: bool, slot: int) -> None:
        """At the very instant at which a hold runs out or the cancellation window closes, or a
        second before.
        """
        shop = self.shops[aim[0]]
        booking = shop.bookings.get(self.some_booking(shop, aim[1], "held", "confirmed"))
        if booking is None:
            return
        last = shop.slots[booking.key].starts_at - shop.policies.cancellation_window
        if booking.status == "held" and booking.hold_expires_at is not None:
            last = booking.hold_expires_at
        self.wait_until(last - early * dt.timedelta(seconds=1))
        self.reschedule((*aim[:2], None, aim[3]), slot, None)

    @rule(aim=AIMS, has_come=st.booleans())
    def finish(self, aim: Aim, has_come: bool) -> None:
        to = self.target(aim, "confirmed")
        function = bookingdb.complete_booking if has_come else bookingdb.mark_no_show
        status = "completed" if has_come else "no_show"
        self.play(
            to.shop,
            status,
            lambda: function(self.conn, to.booking_id, **to.given),
            lambda _: to.shop.finish(*to.who, status),
        )

    @rule(
        aim=AIMS,
        bouquets=OTHER_BOUQUETS,
        name=st.sampled_from([None, "Bob"]),
        email=OTHER_EMAILS,
        phone=st.sampled_from([None, "", "1"]),
    )
    def update(
        self,
        aim: Aim,
        bouquets: int | None,
        name: str | None,
        email: str | None,
        phone: str | None,
    ) -> None:
        to = self.target(aim, "waiting", "held", "confirmed")
        self.play(
            to.shop,
            "update",
            lambda: bookingdb.update_booking(
                self.conn,
                to.booking_id,
                bouquets=bouquets,
                customer_name=name,
                customer_email=email,
                customer_phone=phone,
                **to.given,
            ),
            lambda _: to.shop.correct(*to.who, bouquets, name, email, phone),
        )
