"""What the acts share: the connection, the slots that they play in, and short ways to look."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bookingdb import Actor, ActorKind, Booking, TimeSlot, create_booking
from bookingdb._call import fetch_one

__all__ = ["CAPACITY", "Place", "Scene", "customer", "staff"]

CAPACITY = 7
"""Bookings that a slot takes at first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A slot: local date and time."""

    date: dt.date
    time: dt.time

    def __str__(self) -> str:
        return f"{self.date:%A %-d %B} at {self.time:%H:%M}"


@dataclass(slots=True)
class Scene:
    """The state of the play."""

    dsn: str
    """For connections of others."""
    conn: psycopg.Connection[Any]
    """In autocommit mode: each call is a transaction."""
    race: Place
    """The slot of the fight."""
    hold: Place
    """The slot of the hold, on another weekday."""
    quiet: Place
    """A slot that nobody else is interested in, on yet another."""
    winners: list[Booking] = field(default_factory=list)
    """Bookings of the fight."""

    def book(self, place: Place, name: str, **more: Any) -> Booking:
        """A customer books a bouquet."""
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return create_booking(
            self.conn, place.date, place.time, 1, name, email, actor=customer(name), **more
        )

    def slot(self, place: Place) -> TimeSlot:
        """The row of a slot as it is now."""
        return fetch_one(
            self.conn,
            TimeSlot,
            "select * from bookingdb.time_slots where (date, time) = (%(date)s, %(time)s)",
            {"date": place.date, "time": place.time},
        )

    def count(self, where: str, **values: Any) -> int:
        """Bookings, counted one by one."""
        query = f"select count(*)::int as x from bookingdb.bookings where {where}"
        return fetch_one(self.conn, int, query, values)

    def count_at(self, place: Place) -> int:
        """Bookings that occupy a place in the slot, counted one by one."""
        return self.count(
            "(date, time) = (%(date)s, %(time)s) and bookingdb.holds_place(status)",
            date=place.date,
            time=place.time,
        )


def customer(name: str, *, ip_address: str = "203.0.113.7") -> Actor:
    """A customer on the shop's web site."""
    return Actor(ActorKind.CUSTOMER, name, ip_address=ip_address, user_agent="web shop")


def staff(name: str, reason: str | None = None) -> Actor:
    """Somebody of the shop."""
    return Actor(ActorKind.ADMIN, name, ip_address="192.0.2.10", reason=reason)
