"""What keeps transaction ids and commits apart for long: it stays open while all others write."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import psycopg

from bookingdb import Booking
from bookingdb.embedded import EmbeddedServer
from tests.races.writers import insert_by_hand
from tests.shop import DAY, Shop
from tests.support import Database

__all__ = ["NOTE", "Obstacles", "in_the_way", "spend_ids"]

Connection = psycopg.Connection[Any]
NOTE = "update bookingdb.bookings set notes = %s where booking_id = %s"


class Obstacles:
    """Transactions that are open, one of them not to be committed, and the bookings they hold.

    On slots of their own, so that nobody waits for them.
    """

    def __init__(self, conn: Connection, long: Connection) -> None:
        self._long = long
        self.bookings = [Shop(conn).book(date=DAY + dt.timedelta(days=n)) for n in (1, 2, 3)]
        first, second, third = (b.booking_id for b in self.bookings)
        self._write(long, first, self.bookings[0])
        self._prepare(conn, "kept", second, self.bookings[1])
        self._prepare(conn, "dropped", third, self.bookings[2])

    def end_prepared(self, conn: Connection) -> None:
        """Commit one and not the other, and change what it changed once more."""
        conn.execute("rollback prepared 'dropped'")
        conn.execute("commit prepared 'kept'")
        conn.execute(NOTE, ["after that", self.bookings[1].booking_id])

    def commit_long(self, conn: Connection) -> None:
        """And change what it changed once more."""
        self._long.commit()
        conn.execute(NOTE, ["after that", self.bookings[0].booking_id])

    def _prepare(self, conn: Connection, name: str, booking_id: UUID, beside: Booking) -> None:
        conn.execute("begin")
        self._write(conn, booking_id, beside)
        conn.execute(f"prepare transaction '{name}'".encode())

    @staticmethod
    def _write(conn: Connection, booking_id: UUID, beside: Booking) -> None:
        conn.execute(NOTE, ["first", booking_id])
        insert_by_hand(conn, date=beside.date, time=beside.time)
        conn.execute(NOTE, ["second", booking_id])


@contextmanager
def in_the_way(server: EmbeddedServer, database: Database, conn: Connection) -> Iterator[Obstacles]:
    """They are in the way until the block ends; so is one in another database of the server."""
    with (
        closing(psycopg.connect(server.dsn())) as elsewhere,
        closing(database.connect(autocommit=False)) as long,
    ):
        elsewhere.execute("select pg_current_xact_id()")
        yield Obstacles(conn, long)


def spend_ids(conn: Connection, number: int) -> None:
    """So many transactions that do nothing but have an id."""
    conn.execute(
        f"do $$ begin for n in 1..{number} loop perform pg_current_xact_id(); commit; end loop;"
        " end $$".encode()
    )
