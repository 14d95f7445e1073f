"""A dispatcher for the business of the drill alone: it must not send what others wait for."""

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial

import structlog

from bookingdb.dispatch.link import Bell, Link
from bookingdb.dispatch.sender import Sender
from bookingdb.dispatch.shift import Shift
from bookingdb.dispatch.workers import Workers
from bookingdb.drill.scene import ROLE

__all__ = ["dispatching"]

POLL = dt.timedelta(milliseconds=200)
LEASE = dt.timedelta(seconds=10)


class _BoundLink(Link):
    """A session of the role that is bound to the business. Such a login relays nothing, and need
    not: alarms are queued at once."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, listen=True)
        self.conn.execute(f"set session authorization {ROLE}")

    def relay(self, limit: int) -> int:
        return 0


@contextmanager
def dispatching(dsn: str) -> Iterator[None]:
    """Sends in a thread while the block lasts; raises at its end what went wrong in there."""
    stopping = threading.Event()
    with (
        structlog.testing.capture_logs(),
        closing(Bell()) as bell,
        ThreadPoolExecutor(1) as pool,
    ):
        work = pool.submit(_work, dsn, bell, stopping)
        try:
            yield
        finally:
            stopping.set()
            bell.ring()
        work.result()


def _work(dsn: str, bell: Bell, stopping: threading.Event) -> None:
    make_sender = partial(Sender, allow_private_network=True)
    with Workers(1, make_sender, bell.ring) as workers, _BoundLink(dsn) as link:
        Shift(workers, bell, stopping, LEASE, 1).work(link, POLL, once=False)
