"""What the tests of the queue share: they play the dispatcher themselves, without HTTP."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

import psycopg

import bookingdb
from bookingdb import ClaimedDelivery, NewEndpoint, WebhookError
from tests.support import Database, scalar

__all__ = [
    "HOOK",
    "NOW",
    "NO_WAIT",
    "Clock",
    "Connection",
    "add",
    "answer",
    "body",
    "claim",
    "deliver",
    "delivered",
    "due_at",
    "relay",
    "set_cursor",
    "versions",
]  # fmt: skip

Connection = psycopg.Connection[Any]

HOOK = "https://receiver.example/hook"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
NO_WAIT = dt.timedelta(0)


class Clock:
    """The database's clock, which stands until it is moved."""

    def __init__(self, database: Database, now: dt.datetime = NOW) -> None:
        self.database = database
        self.set(now)

    def set(self, now: dt.datetime) -> None:
        self.now = now
        self.database.set_clock(now.isoformat())

    def advance(self, **parts: float) -> None:
        self.set(self.now + dt.timedelta(**parts))


def add(conn: Connection, url: str = HOOK, **settings: Any) -> NewEndpoint:
    """An endpoint that is sent changes of bookings."""
    return bookingdb.add_webhook_endpoint(conn, url, **settings)


def relay(conn: Connection, limit: int = 1000) -> int:
    """Relay until nothing is left; how many changes that were."""
    total = 0
    while count := bookingdb.relay_events(conn, limit=limit):
        total += count
    return total


def claim(conn: Connection, limit: int = 100, **lease: float) -> list[ClaimedDelivery]:
    """Relay, and claim what is due."""
    relay(conn)
    if lease:
        return bookingdb.claim_deliveries(conn, limit=limit, lease=dt.timedelta(**lease))
    return bookingdb.claim_deliveries(conn, limit=limit)


def answer(
    conn: Connection,
    delivery: ClaimedDelivery,
    status: int | None = 200,
    *,
    error: WebhookError | None = None,
    retry_after: dt.timedelta | None = None,
) -> bool:
    """Record what the receiver answered; None: nothing."""
    if error is None and not (status and 200 <= status < 300):
        error = WebhookError.STATUS if status else WebhookError.TIMEOUT
    return bookingdb.record_attempt(
        conn, delivery.webhook_id, delivery.claim_id, delivery.attempt_number,
        NOW, dt.timedelta(milliseconds=20), status=status, error=error, answer="well",
        retry_after=retry_after, business_id=delivery.business_id,
    )  # fmt: skip


def deliver(conn: Connection) -> list[ClaimedDelivery]:
    """Relay, and send until nothing is due; all goes well."""
    sent: list[ClaimedDelivery] = []
    while claimed := claim(conn):
        for delivery in claimed:
            assert answer(conn, delivery)
        sent += claimed
    return sent


def body(delivery: ClaimedDelivery) -> Any:
    """What the receiver reads."""
    return json.loads(delivery.payload)


def versions(deliveries: list[ClaimedDelivery]) -> list[int | None]:
    return [delivery.booking_version for delivery in deliveries]


def delivered(conn: Connection) -> int:
    """How many deliveries there are that went well."""
    query = "select count(*) from bookingdb.webhook_deliveries where state = 'delivered'"
    return int(scalar(conn, query))


def due_at(conn: Connection, webhook_id: UUID) -> dt.datetime:
    """When a delivery is due, or its lease ends."""
    query = "select due_at from bookingdb.webhook_deliveries where webhook_id = %s"
    due: dt.datetime = scalar(conn, query, [webhook_id])
    return due


def set_cursor(conn: Connection, assignment: str) -> None:
    """Change the relay's cursor as only a superuser can."""
    conn.execute(f"update bookingdb.relay_cursor set {assignment}".encode())
