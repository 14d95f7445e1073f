"""A flower shop and two months of its life, made up: what the pictures in docs/ are of.

Everything goes through the functions that a real shop calls; only the clock is set.
"""

import datetime as dt
import random
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from bookingdb import Actor, ActorKind, Booking
from tools.demo_life import BEGINS, DAY, ENDS, HOUR, MINUTE, STAFF, VALENTINE, ZONE, Life

__all__ = ["furnish"]

HOURS: list[dict[str, Any]] = [
    {"weekday": [2, 3, 4, 5, 6], "opens": "09:00", "closes": "18:00"},
    {"weekday": 7, "opens": "10:00", "closes": "14:00"},
]
LIMITS: dict[str, Any] = {"slot_interval": "30 minutes", "max_bookings": 2, "max_bouquets": 6}


@dataclass
class Quarrel:
    """A booking that was moved while a receiver was down, and that nobody remembers alike."""

    life: Life
    booking: list[Booking] = field(default_factory=list)

    def plan(self) -> None:
        for day, hour, step in ((2, 16.2, self.book), (3, 9.4, self.move), (4, 8.1, self.more),
                                (5, 17.6, self.cancel)):  # fmt: skip
            self.life.at(dt.datetime(2027, 2, day, tzinfo=ZONE) + hour * HOUR, step)

    def book(self) -> None:
        day = dt.date(2027, 2, 10)
        slot = bookingdb.available_slots(self.life.conn, day, day, bouquets=4)[0]
        customer = Actor(ActorKind.CUSTOMER, "ada", "198.51.100.23", "Firefox/156.0")
        self.booking.append(
            bookingdb.create_booking_safe(
                self.life.conn, slot.date, slot.time, 2, "Ada Lovelace", "ada@example.org",
                customer_phone="+49 30 1234567", notes="White roses, no lilies.", actor=customer,
            )
        )  # fmt: skip

    def move(self) -> None:
        slot = bookingdb.available_slots(
            self.life.conn, dt.date(2027, 2, 11), dt.date(2027, 2, 11), bouquets=3
        )[0]
        actor = replace(STAFF, reason="customer rang: comes a day later")
        self.life.call(
            bookingdb.reschedule_booking, self.id, date=slot.date, time=slot.time, actor=actor
        )

    def more(self) -> None:
        self.life.call(bookingdb.update_booking, self.id, bouquets=3, actor=STAFF)

    def cancel(self) -> None:
        actor = replace(STAFF, reason="says she never moved it")
        self.life.call(bookingdb.cancel_booking, self.id, reason="withdrawn", actor=actor)

    @property
    def id(self) -> UUID:
        return self.booking[0].booking_id


def furnish(conn: psycopg.Connection[Any]) -> UUID:
    """Fill a database that has just been migrated; returns a booking to quarrel about."""
    conn.execute(
        "create or replace function bookingdb.clock_now() returns timestamptz language sql"
        " stable begin atomic select current_setting('demo.clock')::timestamptz; end"
    )
    life = Life(conn, random.Random(14))
    life.set_clock(BEGINS)
    bookingdb.create_audit_partitions(conn)
    bookingdb.create_business(
        conn, "Blumen am Markt", "Europe/Berlin", horizon_days=28, lead_time=2 * HOUR
    )
    bookingdb.set_opening_hours(conn, [{**LIMITS, **hours} for hours in HOURS])
    for host in ("crm.blumen.example", "printer.blumen.example"):
        bookingdb.add_webhook_endpoint(
            conn, f"https://{host}/bookings", retry_schedule=[30 * MINUTE, 3 * HOUR, 8 * HOUR]
        )
    quarrel = Quarrel(life)
    quarrel.plan()
    for day in range((ENDS - BEGINS).days + 1):
        plan_day(life, BEGINS.replace(hour=0) + day * DAY)
    life.run()
    bookingdb.expire_holds(conn)
    life.send()
    bookingdb.maintain(conn)
    return quarrel.id


def plan_day(life: Life, midnight: dt.datetime) -> None:
    """What a day brings: new slots at midnight, customers, holds that run out."""
    life.at(midnight, lambda: refresh(life.conn))
    is_rush = 0 < (VALENTINE - midnight.date()).days < 12
    for _ in range(life.chance.randrange(30, 42) * (3 if is_rush else 2) // 2):
        life.at(midnight + 7 * HOUR + life.chance.random() * 15 * HOUR, life.arrive)
    for half in range(2 * 24):
        life.at(midnight + half * 30 * MINUTE, life.expire)


def refresh(conn: psycopg.Connection[Any]) -> None:
    bookingdb.refresh_future_schedule(conn)
