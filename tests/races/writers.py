"""Writers of every kind for one date: the functions, and SQL by hand that knows none of them."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

import bookingdb
from tests.shop import DAY, NINE

__all__ = ["SLOTS", "Writers", "insert_by_hand", "make_slots"]

Connection = psycopg.Connection[Any]

SLOTS = dt.time(9), dt.time(10)
REFUSALS = (
    bookingdb.SlotUnavailable,
    bookingdb.BookingNotFound,
    bookingdb.VersionConflict,
    bookingdb.IllegalTransition,
    bookingdb.HoldExpired,
)


def make_slots(conn: Connection, date: dt.date, capacity: int) -> None:
    """Two slots; their bouquets run out together with their bookings."""
    for time in SLOTS:
        conn.execute(
            "insert into bookingdb.time_slots (date, time, max_bookings, max_bouquets)"
            " values (%s, %s, %s, %s)",
            [date, time, capacity, 2 * capacity],
        )


def insert_by_hand(conn: Connection, on_conflict: LiteralString = "", **columns: Any) -> int:
    """Insert a booking at nine, or what `columns` say, past all functions; return how many."""
    row = {
        "date": DAY,
        "time": NINE,
        "bouquets": 1,
        "customer_name": "Raw",
        "customer_email": "raw@example.org",
        **columns,
    }
    query = sql.SQL("insert into bookingdb.bookings ({}) values ({}) {}").format(
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
        sql.SQL(on_conflict),
    )
    return conn.execute(query, row).rowcount


@dataclass
class Writers:
    """What writers can do on one date, and the bookings that they have made there."""

    date: dt.date
    made: list[UUID] = field(default_factory=list)

    def act(self, conn: Connection, chance: random.Random) -> None:
        """One transaction of some kind; a refusal is an answer too."""
        act = chance.choices(list(_ACTS), list(_ACTS.values()))[0]
        while True:
            try:
                with conn.transaction():
                    return act(self, conn, chance)
            except REFUSALS:
                return None
            except psycopg.Error as error:
                if not bookingdb.is_retryable(error):
                    raise

    def book(self, conn: Connection, chance: random.Random) -> None:
        time, bouquets = chance.choice(SLOTS), chance.randint(1, 3)
        booking = bookingdb.create_booking_safe(
            conn, self.date, time, bouquets, "Ada", "ada@example.org"
        )
        self.made.append(booking.booking_id)

    def book_two(self, conn: Connection, _: random.Random) -> None:
        customer = {"customer_name": "Ada", "customer_email": "ada@example.org"}
        bookings = bookingdb.create_bookings(
            conn,
            [{"date": self.date, "time": time, "bouquets": 1, **customer} for time in SLOTS[::-1]],
        )
        self.made.extend(booking.booking_id for booking in bookings)

    def confirm(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.confirm_booking(
            conn, self.some(chance), customer_name="Ada", customer_email="ada@example.org"
        )

    def cancel(self, conn: Connection, chance: random.Random) -> None:
        bookingdb.cancel_booking(conn, self.some(chance))

    def insert(self, conn: Connection, chance: random.Random) -> None:
        insert_by_hand(conn, **self.somewhere(chance))

    def insert_hold(self, conn: Connection, chance: random.Random) -> None:
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=20)
        insert_by_hand(conn, status="held", hold_expires_at=soon, **self.somewhere(chance))

    def update(self, conn: Connection, chance: random.Random) -> None:
        change = chance.choice(
            [
                "bouquets = bouquets + 1",
                "bouquets = greatest(1, bouquets - 1)",
                "time = case time when '9:00' then time '10:00' else '9:00' end",
                "notes = 'changed'",
                "status = 'cancelled'",
            ]
        )
        query = f"update bookingdb.bookings set {change} where booking_id = %s"
        conn.execute(query.encode(), [self.some(chance)])

    def delete(self, conn: Connection, chance: random.Random) -> None:
        conn.execute("delete from bookingdb.bookings where booking_id = %s", [self.some(chance)])

    def some(self, chance: random.Random) -> UUID:
        """A booking that somebody made, or thought to make."""
        return chance.choice(self.made) if self.made else uuid4()

    def somewhere(self, chance: random.Random) -> dict[str, Any]:
        """Slot, quantity and id of a booking to make."""
        self.made.append(uuid4())
        return {
            "booking_id": self.made[-1],
            "date": self.date,
            "time": chance.choice(SLOTS),
            "bouquets": chance.randint(1, 2),
        }


_ACTS: dict[Callable[[Writers, Connection, random.Random], None], int] = {
    Writers.book: 4,
    Writers.book_two: 1,
    Writers.confirm: 1,
    Writers.cancel: 1,
    Writers.insert: 3,
    Writers.insert_hold: 2,
    Writers.update: 6,
    Writers.delete: 2,
}
