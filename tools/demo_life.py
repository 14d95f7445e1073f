"""What happens in a made-up shop, in the order of a clock that is set: customers and deliveries."""

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

import bookingdb
from bookingdb import Actor, ActorKind, Booking, PaymentMethod, PaymentStatus, WebhookError

__all__ = ["BEGINS", "DAY", "ENDS", "HOUR", "MINUTE", "STAFF", "VALENTINE", "WEEK", "ZONE", "Life"]

ZONE = ZoneInfo("Europe/Berlin")
BEGINS = dt.datetime(2027, 1, 4, 8, tzinfo=ZONE)
ENDS = dt.datetime(2027, 3, 1, 12, tzinfo=ZONE)
OUTAGE = dt.datetime(2027, 2, 3, 6, tzinfo=ZONE), dt.datetime(2027, 2, 4, 2, tzinfo=ZONE)
VALENTINE = dt.date(2027, 2, 14)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
NAMES = ("Ada", "Ben", "Cem", "Dora", "Fatma", "Gus", "Hanna", "Ida", "Kim", "Lea", "Nora", "Pia")
STAFF = Actor(ActorKind.ADMIN, "mira@shop.example", "192.0.2.7", "counter")


@dataclass
class Life:
    """What is to happen, in the order of the clock."""

    conn: psycopg.Connection[Any]
    chance: random.Random
    to_come: list[tuple[dt.datetime, int, Callable[[], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    now: dt.datetime = BEGINS

    def at(self, moment: dt.datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self.to_come, (moment, next(self.numbers), what))

    def set_clock(self, moment: dt.datetime) -> None:
        self.now = moment
        self.conn.execute("select set_config('demo.clock', %s, false)", [moment.isoformat()])

    def run(self) -> None:
        while self.to_come and self.to_come[0][0] < ENDS:
            moment, _, what = heapq.heappop(self.to_come)
            self.set_clock(max(moment, self.now))
            what()
            if what not in (self.send, self.expire):
                self.take_offers()
                self.at(self.now + self.chance.lognormvariate(0.7, 0.8) * SECOND, self.send)
        self.set_clock(ENDS)

    # What customers do.

    def arrive(self) -> None:
        """Somebody looks for a slot some days ahead, and books, or waits where it is full."""
        chance, today = self.chance, self.now.astimezone(ZONE).date()
        to_valentine = (VALENTINE - today).days
        ahead = min(27, int(chance.expovariate(1 / 5)))
        if 0 <= to_valentine < 21 and chance.random() < 0.3:
            ahead = max(0, to_valentine - chance.choice([0, 0, 0, 1, 1, 2]))
        day = today + ahead * DAY
        if chance.random() < 0.2:  # rather on a Saturday
            day += (6 - day.isoweekday()) % 7 * DAY
        slots = bookingdb.available_slots(self.conn, day, day, include_full=True)
        if not slots:
            return
        weights = [3 if s.time.hour in (11, 12, 16, 17) else 1 for s in slots]
        (slot,) = chance.choices(slots, weights)
        name = chance.choice(NAMES)
        who = name, f"{name.lower()}{chance.randrange(400)}@example.org"
        actor = Actor(ActorKind.CUSTOMER, who[1], f"198.51.100.{chance.randrange(250)}")
        bouquets = chance.choice([1, 1, 1, 2, 2, 3, 4])
        pays_now = chance.random() < 0.35
        try:
            booking = bookingdb.create_booking_safe(
                self.conn, slot.date, slot.time, bouquets, *who, actor=actor,
                payment_method=PaymentMethod.PAY_NOW if pays_now else PaymentMethod.PAY_ON_ARRIVAL,
                hold_for=15 * MINUTE if pays_now else None,
            )  # fmt: skip
        except (bookingdb.MaximumBookingsReached, bookingdb.MaximumBouquetsReached):
            if chance.random() < 0.5:
                bookingdb.join_waitlist(
                    self.conn, slot.date, slot.time, bouquets, *who, actor=actor
                )
            return
        self.foresee(booking, slot.starts_at)

    def foresee(self, booking: Booking, starts_at: dt.datetime) -> None:
        """What will become of a booking."""
        chance, call = self.chance, self.call
        id_, fate = booking.booking_id, chance.random()
        if booking.status == "held":
            if fate < 0.15:  # left at the till
                return
            self.at(self.now + 4 * MINUTE, lambda: self.pay(id_, fails=fate < 0.25))
        between = self.now + chance.uniform(0.05, 0.9) * (starts_at - self.now)
        if 0.3 < fate < 0.40:
            self.at(between, lambda: call(bookingdb.cancel_booking, id_, reason="plans changed"))
        elif fate < 0.47:
            self.at(between, lambda: self.move(id_))
        end = bookingdb.mark_no_show if fate > 0.965 else bookingdb.complete_booking
        self.at(starts_at + 40 * MINUTE, lambda: call(end, id_, actor=STAFF))

    def call(self, change: Callable[..., Booking], booking: UUID, **arguments: Any) -> None:
        """Change a booking, unless it is not what it was any more."""
        try:
            change(self.conn, booking, **arguments)
        except bookingdb.BookingError:
            return

    def pay(self, booking: UUID, *, fails: bool) -> None:
        status = PaymentStatus.FAILED if fails else PaymentStatus.PAID
        self.call(bookingdb.record_payment, booking, payment_status=status)
        if not fails:
            self.call(bookingdb.confirm_booking, booking)

    def move(self, booking: UUID) -> None:
        today = self.now.astimezone(ZONE).date()
        free = bookingdb.available_slots(self.conn, today, today + 5 * DAY, bouquets=4)
        if free:
            slot = self.chance.choice(free)
            self.call(bookingdb.reschedule_booking, booking, date=slot.date, time=slot.time)

    # What runs in the background.

    def expire(self) -> None:
        if bookingdb.expire_holds(self.conn):
            self.at(self.now + 2 * SECOND, self.send)

    def take_offers(self) -> None:
        """Who waited takes the place that is offered, as a rule."""
        offered = self.conn.execute(
            "select booking_id from bookingdb.bookings"
            " where status = 'held' and payment_method = 'pay_on_arrival' and version = 2"
        )
        for (booking,) in offered.fetchall():
            if self.chance.random() < 0.8:
                self.call(bookingdb.confirm_booking, booking)
            else:
                self.call(bookingdb.cancel_booking, booking, reason="found another shop")

    def send(self) -> None:
        """Webhooks go out some seconds after the change; one receiver is down for a day."""
        bookingdb.relay_events(self.conn)
        while claimed := bookingdb.claim_deliveries(self.conn, limit=500):
            for one in claimed:
                is_down = "crm" in one.url and OUTAGE[0] < self.now < OUTAGE[1]
                took = self.chance.uniform(0.02, 0.3) * SECOND
                self.set_clock(self.now + took)
                bookingdb.record_attempt(
                    self.conn, one.webhook_id, one.claim_id, one.attempt_number, self.now - took, took,
                    status=503 if is_down else 200,
                    error=WebhookError.STATUS if is_down else None,
                    answer="Service Unavailable" if is_down else "ok",
                )  # fmt: skip
