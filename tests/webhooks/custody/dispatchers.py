"""Dispatchers as processes, relays as threads, and when they have nothing left to do."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

import bookingdb
from tests.races.concurrency import wait_until
from tests.support import Database, scalar

__all__ = ["LEASE", "dispatching", "hired", "killed_at", "relaying", "settle"]

ROOT = Path(__file__).parents[3]
LEASE = 2.0
"""Seconds: longer than the endpoints' timeout, and short to wait for."""

Process = subprocess.Popen[bytes]


@contextmanager
def dispatching(
    database: Database, *, lease: float = LEASE, die_at: tuple[str, int] | None = None
) -> Iterator[Process]:
    """A dispatcher with no more rights than it needs; told to stop when the block ends.

    Fails when it ended by itself, unless it was to die.
    """
    with database.login("bookingdb_dispatcher") as conn:
        dsn = make_conninfo(database.dsn, user=conn.info.user)
    arguments = [dsn, str(lease), *map(str, die_at or ())]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.webhooks.custody.process", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield process
        process.stdout.readline()  # it is ready to be told
        process.terminate()
        assert process.wait(60) == (-signal.SIGKILL if die_at else 0)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def hired(database: Database, number: int = 2, *, lease: float = LEASE) -> Iterator[list[Process]]:
    """So many of them."""
    with ExitStack() as stack:
        yield [stack.enter_context(dispatching(database, lease=lease)) for _ in range(number)]


def killed_at(database: Database, step: str, *numbers: int) -> None:
    """Dispatchers, all at once, that kill themselves at a step when they get there once more."""
    with ExitStack() as stack:
        for number in numbers:
            process = stack.enter_context(dispatching(database, die_at=(step, number)))
            stack.callback(process.wait, 60)


@contextmanager
def relaying(database: Database) -> Iterator[None]:
    """Somebody else who relays all the while, a few changes at a time."""
    done = threading.Event()

    def relay() -> None:
        limits = cycle([1, 2, 7])
        with database.connect() as conn:
            while not done.wait(0.002):
                bookingdb.relay_events(conn, limit=next(limits))

    with ThreadPoolExecutor(1) as pool:
        relay_ = pool.submit(relay)
        try:
            yield
        finally:
            done.set()
    relay_.result()


def settle(conn: psycopg.Connection[object]) -> None:
    """Wait until all is relayed and nothing is pending, as the database sees it."""
    query = """
    select bookingdb.is_behind()
           or exists (select from bookingdb.webhook_deliveries where state = 'pending')"""
    wait_until(lambda: not scalar(conn, query), "the end of all deliveries")
