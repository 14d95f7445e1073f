"""Answers of available_slots() that are kept in the process until a change is announced.

What is kept is a hint, as every answer: a booking never looks at it, and who books what a cache
wrongly calls free is refused as always.

A cache listens on a connection of its own to the primary. Before each answer it hears what was
announced, and forgets what that concerns. `max_age` bounds what nobody announces: a hold that runs
out, a lead time that begins, a notification that is lost, a slot that was inserted by hand-written
SQL. Where none can come at all, behind a pooler that shares sessions or with
`max_prepared_transactions` above 0, it is the only bound.

Threads may share a cache, and so may connections, if all of them log in as the same role.
"""

import datetime as dt
import selectors
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus

from bookingdb._answers import Answers, Question
from bookingdb.aio import replication as areplication
from bookingdb.aio import slots as aslots
from bookingdb.models import DEFAULT_BUSINESS_ID, AvailableSlot
from bookingdb.replicas import AnyAsyncConnection, AnyConnection, AsyncReplicated, Replicated
from bookingdb.replication import watch_availability
from bookingdb.slots import available_slots

__all__ = ["AsyncAvailabilityCache", "AvailabilityCache"]

CHANNEL = "bookingdb_availability"
MAX_AGE = dt.timedelta(seconds=5)

C = TypeVar("C", bound=Connection[Any] | AsyncConnection[Any])


class Ear(Generic[C]):
    """A connection, and whether it has something to say, which costs no call of the server."""

    def __init__(self, conn: C) -> None:
        if not conn.autocommit:
            raise ValueError("the connection that listens has to be in autocommit mode")
        self.conn = conn
        self._selector = selectors.DefaultSelector()
        self._selector.register(conn, selectors.EVENT_READ)

    def is_addressed(self) -> bool:
        """Raises psycopg.OperationalError when the connection is closed."""
        if self.conn.closed:
            raise psycopg.OperationalError("the connection is closed")
        return bool(self._selector.select(0))


def is_idle(conn: AnyConnection | AnyAsyncConnection) -> bool:
    """Whether no transaction is open, in which there may be what nobody else sees."""
    own = conn.primary if isinstance(conn, Replicated | AsyncReplicated) else conn
    return own.info.transaction_status == TransactionStatus.IDLE


class AvailabilityCache:
    """At most `max_size` answers, none older than `max_age`. It keeps nothing before listen()."""

    def __init__(self, *, max_age: dt.timedelta = MAX_AGE, max_size: int = 1000) -> None:
        self._answers = Answers(max_age, max_size)
        self._ear: Ear[Connection[Any]] | None = None

    def listen(self, conn: Connection[Any]) -> None:
        """Listen on `conn` from now on: one to the primary, in autocommit mode, that nobody else
        uses. When it breaks, the cache forgets everything, and keeps nothing until it is given
        another. While anybody listens, each change costs its writer a NOTIFY.
        """
        self._answers.forget_all()
        ear = Ear(conn)
        conn.execute(f"listen {CHANNEL}")
        watch_availability(conn, True)
        self._ear = ear

    def available_slots(
        self,
        conn: AnyConnection,
        from_: dt.date,
        to: dt.date,
        *,
        bouquets: int = 1,
        include_full: bool = False,
        business_id: UUID = DEFAULT_BUSINESS_ID,
    ) -> list[AvailableSlot]:
        """What `bookingdb.available_slots()` returned a moment ago, or returns now; see there.
        In a transaction that is open on `conn`, always what it returns now.
        """
        question = Question(from_, to, bouquets, include_full, business_id)
        self._hear()
        if self._ear is None or not is_idle(conn):
            return available_slots(conn, **question._asdict())
        if (kept := self._answers.get(question)) is not None:
            return kept
        begun = self._answers.begin()
        if isinstance(conn, Replicated):
            conn.note_write()  # a replica may not have what was announced already
        slots = available_slots(conn, **question._asdict())
        self._answers.put(question, slots, begun)
        return slots

    def _hear(self) -> None:
        ear = self._ear
        try:
            if ear is not None and ear.is_addressed():
                self._answers.forget([n.payload for n in ear.conn.notifies(timeout=0)])
        except psycopg.OperationalError:
            self._ear = None
            self._answers.forget_all()


class AsyncAvailabilityCache:
    """The same as `AvailabilityCache`, for asynchronous connections."""

    def __init__(self, *, max_age: dt.timedelta = MAX_AGE, max_size: int = 1000) -> None:
        self._answers = Answers(max_age, max_size)
        self._ear: Ear[AsyncConnection[Any]] | None = None

    async def listen(self, conn: AsyncConnection[Any]) -> None:
        """See AvailabilityCache.listen()."""
        self._answers.forget_all()
        ear = Ear(conn)
        await conn.execute(f"listen {CHANNEL}")
        await areplication.watch_availability(conn, True)
        self._ear = ear

    async def available_slots(
        self,
        conn: AnyAsyncConnection,
        from_: dt.date,
        to: dt.date,
        *,
        bouquets: int = 1,
        include_full: bool = False,
        business_id: UUID = DEFAULT_BUSINESS_ID,
    ) -> list[AvailableSlot]:
        """See AvailabilityCache.available_slots()."""
        question = Question(from_, to, bouquets, include_full, business_id)
        await self._hear()
        if self._ear is None or not is_idle(conn):
            return await aslots.available_slots(conn, **question._asdict())
        if (kept := self._answers.get(question)) is not None:
            return kept
        begun = self._answers.begin()
        if isinstance(conn, AsyncReplicated):
            conn.note_write()
        slots = await aslots.available_slots(conn, **question._asdict())
        self._answers.put(question, slots, begun)
        return slots

    async def _hear(self) -> None:
        ear = self._ear
        try:
            if ear is not None and ear.is_addressed():
                self._answers.forget([n.payload async for n in ear.conn.notifies(timeout=0)])
        except psycopg.OperationalError:
            self._ear = None
            self._answers.forget_all()
