"""The dispatcher's connection: the calls that it makes, and how it is woken."""

import datetime as dt
import selectors
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Self
from uuid import UUID

import psycopg

from bookingdb import relay
from bookingdb.dispatch.workers import Result
from bookingdb.models import ClaimedDelivery, RecordedAttempt

__all__ = ["OWN_SETTINGS", "Bell", "Link"]

CHANNEL = "bookingdb"

OWN_SETTINGS = (  # whatever those of the database or the login are for other purposes
    "default_transaction_isolation = 'read committed'",  # the queue is not a matter of conflicts
    "datestyle = 'ISO'",  # psycopg reads no other, of these two
    "intervalstyle = 'postgres'",
    "statement_timeout = 0",  # what has not been relayed for long takes long
)


class Bell:
    """Wakes the thread that waits for it; any thread, or a signal handler, may ring."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        """Wake it, now or as soon as it waits."""
        with suppress(OSError):  # full: it rings already; closed: nobody is there any more
            self._writer.send(b"\0")

    def silence(self) -> None:
        """Forget that it rang."""
        with suppress(BlockingIOError):
            self._reader.recv(65536)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


class Link:
    """A connection in autocommit mode: each call is a transaction, and none is open between two.

    With `listen` it sleeps in earnest: who changes a booking wakes it. That needs a session of
    its own, not one that a pooler shares.
    """

    def __init__(self, dsn: str, *, listen: bool) -> None:
        settings: dict[str, Any] = {"fallback_application_name": "bookingdb dispatch"}
        self.conn: psycopg.Connection[Any] = psycopg.connect(
            dsn, autocommit=True, prepare_threshold=5 if listen else None, **settings
        )
        self._listens = listen
        self._sleeps = False
        # A relay that waits for an endpoint being added must not keep the deliveries waiting.
        self.conn.execute("set lock_timeout = '2s'")
        for setting in OWN_SETTINGS:
            self.conn.execute(f"set {setting}")
        self._called = False
        if listen:
            self.conn.add_notify_handler(self._note_call)
            self.conn.execute(f"listen {CHANNEL}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.conn.close()

    def relay(self, limit: int) -> int:
        return relay.relay_events(self.conn, limit=limit)

    def claim(self, limit: int, lease: dt.timedelta) -> list[ClaimedDelivery]:
        return relay.claim_deliveries(self.conn, limit=limit, lease=lease)

    def record(self, results: Sequence[Result]) -> list[RecordedAttempt]:
        return relay.record_attempts(self.conn, [attempt_of(r) for r in results])

    def release(self, claim_id: UUID, webhook_ids: list[UUID]) -> int:
        return relay.release_deliveries(self.conn, webhook_ids, claim_id)

    def idle_time(self, longest: dt.timedelta) -> dt.timedelta:
        return relay.idle_time(self.conn, longest=longest)

    def sleep(self, bell: Bell, longest: dt.timedelta) -> bool:
        """Until `longest` is over, the bell rings, or the connection has something to say, which
        the next query hears; not at all when it came along with the answer to the last one.
        Returns whether it was the connection."""
        if self._called:
            longest = dt.timedelta()
        with selectors.DefaultSelector() as selector:
            selector.register(bell, selectors.EVENT_READ)
            selector.register(self.conn, selectors.EVENT_READ)
            ready = selector.select(longest.total_seconds())
        bell.silence()
        was_called = self._called or any(key.fileobj is self.conn for key, _ in ready)
        self._called = False
        return was_called

    def ask_to_be_woken(self, wanted: bool) -> bool:
        """Ask for notifications or for none, as they cost those who change bookings; whether that
        is news: what happened before has to be looked for then."""
        if not self._listens or self._sleeps == wanted:
            return False
        relay.announce_sleep(self.conn, wanted)
        self._sleeps = wanted
        return True

    def _note_call(self, _: psycopg.Notify) -> None:
        self._called = True


def attempt_of(result: Result) -> dict[str, Any]:
    """A result that was sent, as record_attempts() wants it."""
    delivery, outcome = result.delivery, result.outcome
    assert outcome is not None
    retry_after = outcome.retry_after
    return {
        "business_id": str(delivery.business_id),
        "webhook_id": str(delivery.webhook_id),
        "claim_id": str(delivery.claim_id),
        "attempt_number": delivery.attempt_number,
        "started_at": outcome.started_at.isoformat(),
        "duration": outcome.duration.total_seconds(),
        "status": outcome.status,
        "error": outcome.error,
        "answer": outcome.answer,
        "retry_after": None if retry_after is None else retry_after.total_seconds(),
    }
