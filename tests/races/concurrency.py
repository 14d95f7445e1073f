"""How the tests run things at once, and wait for what others do without trusting to time."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection, IsolationLevel, sql

import bookingdb
from tests.support import Database

__all__ = [
    "ALL_LEVELS",
    "all_of",
    "at_once",
    "background",
    "connections",
    "guarded",
    "guarded_async",
    "is_waiting",
    "retried",
    "retried_async",
    "wait_until",
    "wait_until_blocked",
]

T = TypeVar("T")
Connection = psycopg.Connection[Any]

LIMIT_SECONDS = 60.0
ALL_LEVELS = (
    IsolationLevel.READ_COMMITTED,
    IsolationLevel.REPEATABLE_READ,
    IsolationLevel.SERIALIZABLE,
)

# Only nets: what waits for ever fails, and a deadlock is found soon.
_NETS = "-c statement_timeout=60s -c deadlock_timeout=50ms"


def guarded(
    database: Database, level: IsolationLevel | None = None, **options: Any
) -> psycopg.Connection[Any]:
    """A connection on which nothing waits for ever."""
    conn = database.connect(options=_NETS, **options)
    conn.isolation_level = level
    return conn


async def guarded_async(database: Database, level: IsolationLevel) -> AsyncConnection[Any]:
    """The same, asynchronous."""
    conn = await AsyncConnection.connect(database.dsn, autocommit=True, options=_NETS)
    await conn.set_isolation_level(level)
    return conn


@contextmanager
def connections(
    database: Database, number: int, level: IsolationLevel | None = None
) -> Iterator[list[Connection]]:
    """So many guarded connections."""
    conns: list[Connection] = []
    try:
        for _ in range(number):
            conns.append(guarded(database, level))
        yield conns
    finally:
        for conn in conns:
            conn.close()


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """What each call returned or raised, all run at the same time."""

    def outcome(call: Callable[[], T]) -> T | BaseException:
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def all_of(outcomes: Sequence[T | BaseException]) -> list[T]:
    """What the calls returned; raises what one of them raised."""
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


@contextmanager
def background(call: Callable[[], T]) -> Iterator[Future[T]]:
    """The call, running in a thread of its own; it must come to an end by itself."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call)


def retried(conn: Connection, work: Callable[[Connection], T], *, deadlocks: bool = True) -> T:
    """What `work` returns, in a transaction that is run again as long as that can help.

    Without `deadlocks` a deadlock is an error.
    """
    while True:
        try:
            with conn.transaction():
                return work(conn)
        except psycopg.Error as error:
            if not bookingdb.is_retryable(error):
                raise
            if isinstance(error, bookingdb.DeadlockDetected) and not deadlocks:
                raise


async def retried_async(
    conn: AsyncConnection[Any], work: Callable[[AsyncConnection[Any]], Awaitable[T]]
) -> T:
    """The same, asynchronous."""
    while True:
        try:
            async with conn.transaction():
                return await work(conn)
        except psycopg.Error as error:
            if not bookingdb.is_retryable(error):
                raise


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return when the condition holds; fail when it never does."""
    limit = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < limit, f"still waiting after {LIMIT_SECONDS:.0f} s: {what}"
        time.sleep(0.005)


def is_waiting(observer: Connection, conn: Connection) -> bool:
    """Whether the connection waits for a lock."""
    query = "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
    return observer.execute(query, [conn.info.backend_pid]).fetchone() is not None


def wait_until_blocked(observer: Connection, waiting: Connection, holding: Connection) -> None:
    """Return when `waiting` waits for a lock of `holding`."""
    pids = (waiting.info.backend_pid, holding.info.backend_pid)
    query = sql.SQL("select {1} = any (pg_blocking_pids({0}))").format(*pids)

    def is_blocked() -> bool:
        row = observer.execute(query).fetchone()
        return row == (True,)

    wait_until(is_blocked, f"{pids[0]} to wait for {pids[1]}")
