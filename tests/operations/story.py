"""A shop in the middle of its day, and what must be true of any copy of it that goes on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from tests.shop import Shop, open_shop
from tests.support import Database
from tests.webhooks.dispatching import all_delivered, running, subscribe
from tests.webhooks.receiver import Received, Receiver

__all__ = ["Day", "began", "go_on", "rows", "tell"]

Connection = psycopg.Connection[Any]
TIMES = [dt.time(9), dt.time(9, 30), dt.time(10), dt.time(10, 30)]
PAST = dt.timedelta(days=3)


@dataclass(frozen=True)
class Day:
    """Bookings by what became of the webhook that tells of them."""

    purged: UUID
    delivered: UUID
    claimed: UUID  # by a dispatcher that is no more
    pending: UUID
    unrelayed: UUID
    receiver: Receiver

    def open(self) -> set[UUID]:
        """The bookings whose webhook is still to be sent."""
        return {self.claimed, self.pending, self.unrelayed}


def began(database: Database, receiver: Receiver) -> Day:
    """Open a shop, and stop in the middle of everything."""
    with database.connect() as conn:
        shop = open_shop(conn)
        database.set_clock((dt.datetime.now(dt.UTC) - PAST).isoformat())
        bookingdb.create_audit_partitions(conn, months_ahead=0)
        subscribe(conn, receiver)
        purged = shop.book(TIMES[0])
        tell(database)
        database.release_clock()
        assert bookingdb.purge_deliveries(conn, older_than=dt.timedelta(days=1)) == 1
        delivered = shop.book(TIMES[0])
        tell(database)
        claimed = shop.book(TIMES[1])
        bookingdb.relay_events(conn)
        (lease,) = bookingdb.claim_deliveries(conn, lease=dt.timedelta(seconds=1))
        assert lease.booking_id == claimed.booking_id
        pending = shop.book(TIMES[2])
        bookingdb.relay_events(conn)
        bookingdb.seal_audit(conn)
        unrelayed = shop.book(TIMES[3])
    return Day(
        purged.booking_id,
        delivered.booking_id,
        claimed.booking_id,
        pending.booking_id,
        unrelayed.booking_id,
        receiver,
    )


def tell(database: Database) -> None:
    """Let a dispatcher work until all is delivered."""
    with running(database.dsn):
        all_delivered(database)


def rows(conn: Connection) -> list[Any]:
    """Every booking and every row of the log."""
    return [
        conn.execute(f"select to_jsonb(r) from bookingdb.{table} r order by 1".encode()).fetchall()
        for table in ("bookings", "booking_audit_log")
    ]


def go_on(database: Database, day: Day) -> list[Received]:
    """Book, cancel, dispatch and verify in a copy; what the receiver got from it.

    What was still to be sent is sent, once, and nothing that was delivered or purged.
    """
    with database.connect() as conn:
        before = len(day.receiver.requests)
        new = Shop(conn).book(TIMES[3])
        tell(database)
        received = day.receiver.requests[before:]
        told = [UUID(request.json()["data"]["booking"]["booking_id"]) for request in received]
        assert sorted(told) == sorted({*day.open(), new.booking_id})
        cancelled = bookingdb.cancel_booking(conn, day.delivered)
        assert cancelled.status == bookingdb.BookingStatus.CANCELLED
        tell(database)
        assert len(day.receiver.requests) == before + len(received) + 1
        bookingdb.seal_audit(conn)
        assert bookingdb.verify_audit(conn) == []
        assert bookingdb.check_integrity(conn) == []
    return received
