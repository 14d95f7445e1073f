"""The rules that make bookings: by request, by many requests, by waiting; and the sweep."""

import datetime as dt
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

import bookingdb
from bookingdb import Booking, PaymentMethod
from tests.machine.draws import (
    BEGINNINGS,
    BOUQUETS,
    BY,
    EMAILS,
    HOLDS,
    OTHER_EMAILS,
    POLICIES,
    REQUESTS,
    SHOPS,
    SLOTS,
    WEEKLY,
)
from tests.machine.machine import Machine, Weekly, actor_of
from tests.machine.records import Policies

__all__ = ["MakingRules"]

PAY_NOW, PAY_ON_ARRIVAL = PaymentMethod.PAY_NOW, PaymentMethod.PAY_ON_ARRIVAL


class MakingRules(Machine):
    """What makes bookings, and who sweeps what has run out."""

    @initialize(
        begins=st.sampled_from(BEGINNINGS),
        policies=st.tuples(POLICIES, POLICIES),
        weekly=st.tuples(WEEKLY, WEEKLY),
        some=st.lists(st.tuples(SHOPS, SLOTS, EMAILS, HOLDS), min_size=2, max_size=8),
    )
    def begin(
        self,
        begins: dt.datetime,
        policies: tuple[Policies, ...],
        weekly: tuple[Weekly, ...],
        some: list[tuple[int, int, str, dt.timedelta]],
    ) -> None:
        """Two shops with some bookings."""
        self.open_shops(begins, policies, weekly)
        for place, (n, slot, email, hold_for) in enumerate(some):
            hold = hold_for if place % 2 else None
            self.create(n, slot, 1, email, "admin", hold, PAY_NOW, None)

    @rule(
        n=SHOPS,
        slot=SLOTS,
        hold_for=HOLDS,
        holds=st.integers(1, 3),
        line=st.lists(st.tuples(EMAILS, st.integers(1, 5)), min_size=1, max_size=4),
    )
    def fill(
        self,
        n: int,
        slot: int,
        hold_for: dt.timedelta,
        holds: int,
        line: list[tuple[str, int]],
    ) -> None:
        """Book what is left of a slot, the last places for a while only; then others queue up."""
        shop = self.shops[n]
        key = self.some_key(shop, slot)
        bookings = shop.left(key)[0] if key in shop.slots else 0
        for place in range(bookings):
            hold = None if place < bookings - holds else hold_for
            self.create(n, slot, 1, f"{place}@example.org", "admin", hold, PAY_NOW, None)
        for email, bouquets in line:
            self.join_waitlist(n, slot, bouquets, email, "customer")

    @rule(
        n=SHOPS,
        slot=SLOTS,
        held=st.lists(st.integers(1, 2), min_size=1, max_size=2),
        line=st.lists(st.tuples(EMAILS, st.integers(2, 5)), min_size=1, max_size=3),
        asked=st.integers(0, 2),
    )
    def ask_late(
        self, n: int, slot: int, held: list[int], line: list[tuple[str, int]], asked: int
    ) -> None:
        """Holds, then a line, then the holds run out at once, and somebody asks for a place; or
        nobody does, and they are swept.
        """
        shop, hour = self.shops[n], dt.timedelta(hours=1)
        key = self.some_key(shop, slot)
        for place, bouquets in enumerate(held):
            self.create(n, slot, bouquets, f"{place}@example.org", "admin", hour, PAY_NOW, None)
        for email, bouquets in line:
            most = shop.slots[key].max_bouquets if key in shop.slots else bouquets
            self.join_waitlist(n, slot, min(bouquets, most), email, "customer")
        self.wait_until(self.now + hour)
        if asked == 0:
            self.expire_holds(n, 1000, is_later=False)
        else:
            self.create(n, slot, asked, "late@example.org", "customer", None, PAY_ON_ARRIVAL, None)

    @rule(n=SHOPS, slot=SLOTS, bouquets=BOUQUETS, email=EMAILS, by=BY, request=REQUESTS)
    def confirmed(
        self, n: int, slot: int, bouquets: int, email: str, by: str, request: str | None
    ) -> None:
        """A booking like most."""
        self.create(n, slot, bouquets, email, by, None, PAY_ON_ARRIVAL, request)

    @rule(
        n=SHOPS,
        slot=SLOTS,
        bouquets=BOUQUETS,
        email=OTHER_EMAILS,
        by=BY,
        hold_for=st.one_of(HOLDS, HOLDS, HOLDS, st.none()),
        method=st.sampled_from(PaymentMethod),
        request=REQUESTS,
    )
    def create(
        self,
        n: int,
        slot: int,
        bouquets: int,
        email: str | None,
        by: str,
        hold_for: dt.timedelta | None,
        method: PaymentMethod,
        request: str | None,
    ) -> None:
        shop = self.visit(n)
        key = self.some_key(shop, slot)
        self.play(
            shop,
            "create",
            lambda: bookingdb.create_booking_safe(
                self.conn,
                *key,
                bouquets,
                None if email is None else "Ada",
                email,
                payment_method=method,
                idempotency_key=request,
                hold_for=hold_for,
                actor=actor_of(by),
                business_id=shop.business_id,
            ),
            lambda booking: shop.create(
                made(booking),
                key,
                bouquets,
                email,
                by,
                hold_for=hold_for,
                method=str(method),
                request=request,
            ),
        )

    @rule(n=SHOPS, slot=SLOTS, bouquets=BOUQUETS, email=EMAILS, by=BY)
    def join_waitlist(self, n: int, slot: int, bouquets: int, email: str, by: str) -> None:
        shop = self.visit(n)
        key = self.some_key(shop, slot)
        self.play(
            shop,
            "join",
            lambda: bookingdb.join_waitlist(
                self.conn,
                *key,
                bouquets,
                "Ada",
                email,
                actor=actor_of(by),
                business_id=shop.business_id,
            ),
            lambda booking: shop.join(made(booking), key, bouquets, email, by),
        )

    @rule(n=SHOPS, limit=st.sampled_from([1000, 1000, 1]), is_later=st.booleans())
    def expire_holds(self, n: int, limit: int, is_later: bool) -> None:
        """Now, or when the next hold has run out."""
        ends = [b.hold_expires_at for b in self.shops[n].bookings.values() if b.status == "held"]
        if is_later and ends:
            self.wait_until(min(i for i in ends if i is not None))
        shop = self.visit(n)
        self.play(
            shop,
            "expire",
            lambda: bookingdb.expire_holds(self.conn, limit=limit, business_id=shop.business_id),
            lambda _: shop.expire(limit),
        )


def made(booking: Booking | None) -> UUID:
    """The id that the database gave."""
    return booking.booking_id if booking else uuid4()
