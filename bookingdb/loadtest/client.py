"""A customer's calls: what is called, and what the answer is noted as."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

import bookingdb
from bookingdb import Actor, ActorKind, Booking, PaymentStatus
from bookingdb.loadtest.tally import ACCEPTED, Changed, Refused, Told

__all__ = ["REFUSALS", "RETRYABLE", "Answer", "Bookings", "Client", "Slot"]

Slot = tuple[dt.date, dt.time]
REFUSALS = ("ZB002", "ZB003")
"""What customers have to reckon with: no booking left in the slot, not so many bouquets left."""
RETRYABLE = ("40001", "40P01", "55P03")
CUSTOMER = Actor(
    ActorKind.CUSTOMER, "load", ip_address=IPv4Address("192.0.2.7"), user_agent="bookingdb loadtest"
)


class Bookings:
    """The bookings that the clients of a process may change, each one client at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._free: dict[bool, list[Booking]] = {False: [], True: []}  # by whether they are paid

    def take(self, paid: tuple[bool, ...]) -> Booking | None:
        """Any that nobody else has at the moment."""
        with self._turn:
            for which in random.sample(paid, len(paid)):
                if free := self._free[which]:
                    n = random.randrange(len(free))
                    free[n], free[-1] = free[-1], free[n]
                    return free.pop()
        return None

    def put(self, booking: Booking) -> None:
        """That one may be changed again."""
        with self._turn:
            self._free[booking.payment_status is PaymentStatus.PAID].append(booking)


class Answer(NamedTuple):
    """How a call ended."""

    operation: str
    outcome: str
    """ok, or the SQLSTATE."""
    told: Told | None = None


class Client:
    """One connection, and the calls that are made on it."""

    def __init__(
        self,
        dsn: str,
        business_id: UUID,
        slots: list[Slot],
        bookings: Bookings,
        now: Callable[[], float],
    ) -> None:
        self._dsn = dsn
        self._business = business_id
        self._slots = slots
        self._number = {slot: n for n, slot in enumerate(slots)}
        self._bookings = bookings
        self._now = now
        self._conn: psycopg.Connection[Any] | None = None

    def connect(self) -> psycopg.Connection[Any]:
        """The connection; a new one when it was lost."""
        if self._conn is None or self._conn.closed:
            self._conn = psycopg.connect(
                self._dsn, autocommit=True, application_name="bookingdb loadtest"
            )
        return self._conn

    def close(self) -> None:
        if self._conn:
            self._conn.close()

    def call(self, operation: str, slot: int) -> Answer:
        """Make one call; to cancel, reschedule or pay where there is nothing to is to book."""
        booking = None
        if operation in ("cancel", "reschedule", "pay"):
            booking = self._bookings.take((False,) if operation == "pay" else (False, True))
            if booking is None:
                operation = "book"
            elif self._slots[slot] == (booking.date, booking.time):
                slot = (slot + 1) % len(self._slots)
        bouquets = booking.bouquets if booking else random.randint(1, 3)
        begun = self._now()
        try:
            changed = self._make(operation, slot, bouquets, booking)
        except psycopg.Error as error:
            code = error.sqlstate or type(error).__name__
            if booking and code in (*REFUSALS, *RETRYABLE):  # else nobody knows how it stands
                self._bookings.put(booking)
            if code in REFUSALS:
                return Answer(operation, code, Refused(begun, self._now(), code, slot, bouquets))
            return Answer(operation, code)
        if changed is None:
            return Answer(operation, ACCEPTED)
        ended = self._now()
        if operation != "cancel":
            self._bookings.put(changed)
        return Answer(operation, ACCEPTED, self._told(changed, begun, ended))

    def _make(
        self, operation: str, slot: int, bouquets: int, booking: Booking | None
    ) -> Booking | None:
        conn, (date, time_) = self.connect(), self._slots[slot]
        common: Any = {"actor": CUSTOMER, "business_id": self._business}
        if operation == "browse":
            bookingdb.available_slots(conn, date, date, business_id=self._business)
            return None
        if booking is None:
            return bookingdb.create_booking(
                conn, date, time_, bouquets, "Ada", "ada@example.org", **common
            )
        if operation == "cancel":
            return bookingdb.cancel_booking(conn, booking.booking_id, **common)
        if operation == "reschedule":
            return bookingdb.reschedule_booking(conn, booking.booking_id, date, time_, **common)
        return bookingdb.record_payment(conn, booking.booking_id, PaymentStatus.PAID, **common)

    def _told(self, booking: Booking, begun: float, ended: float) -> Changed:
        return Changed(
            begun, ended, str(booking.booking_id), booking.version, booking.status,
            booking.payment_status, self._number[booking.date, booking.time], booking.bouquets,
        )  # fmt: skip
