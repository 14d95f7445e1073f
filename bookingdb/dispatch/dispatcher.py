"""A process, or a thread, that sends webhooks until it is told to stop."""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import psycopg
import structlog

from bookingdb.dispatch.link import Bell, Link
from bookingdb.dispatch.sender import Sender
from bookingdb.dispatch.shift import Shift
from bookingdb.dispatch.workers import Workers

__all__ = ["Dispatcher"]

log = structlog.get_logger(__name__)

TRIES_AFTER_STOP = 5


class Dispatcher:
    """Sends webhooks from `workers` threads; any number of dispatchers run side by side.

    `dsn`: a login that is a member of bookingdb_dispatcher, on a connection of its own; behind a
    transaction pooler say `listen=False`. `lease`: how long others leave alone what this one has
    claimed; after a crash it takes so long until they take over. One that is shorter than an
    endpoint's timeout cuts off its posts. `poll`: how often to look when nobody calls.
    `allow_private_network`: http, loopback and private addresses too, for tests and intranets.
    `make_sender`: another one, for each thread.
    """

    def __init__(
        self,
        dsn: str,
        *,
        workers: int = 8,
        lease: dt.timedelta = dt.timedelta(minutes=1),
        poll: dt.timedelta = dt.timedelta(seconds=1),
        relay_limit: int = 1000,
        listen: bool = True,
        allow_private_network: bool = False,
        make_sender: Callable[[], Sender] | None = None,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be 1 or more, not {workers}")
        self._dsn = dsn
        self._worker_count = workers
        self._lease = lease
        self._poll = poll
        self._relay_limit = relay_limit
        self._listen = listen
        self._make_sender = make_sender or partial(
            Sender, allow_private_network=allow_private_network
        )
        self._stopping = threading.Event()
        self._bell: Bell | None = None

    def stop(self) -> None:
        """Make run() end soon: what is being sent is finished and recorded, the rest given back.

        For any thread, and for signal handlers.
        """
        self._stopping.set()
        if self._bell:
            self._bell.ring()

    def run(self, *, once: bool = False) -> None:
        """Send until stop() is called; `once`: until nothing is due.

        A lost connection is made anew, however long it takes; after stop() a few tries are made,
        and what could not be recorded is sent again when its lease is over.
        Raises psycopg.Error for what waiting does not mend, such as a missing privilege; with
        `once` also when the database cannot be reached.
        """
        with (
            closing(Bell()) as self._bell,
            Workers(self._worker_count, self._make_sender, self._bell.ring) as workers,
        ):
            shift = Shift(workers, self._bell, self._stopping, self._lease, self._relay_limit)
            log.info("started", workers=self._worker_count)
            failures = 0
            while True:
                try:
                    with Link(self._dsn, listen=self._listen) as link:
                        failures = 0
                        shift.work(link, self._poll, once=once)
                    break
                except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as error:
                    if once and not shift.pending:
                        raise
                    failures += 1
                    log.warning("database unavailable", error=str(error).strip(), failures=failures)
                    if self._stopping.is_set() and failures > TRIES_AFTER_STOP:
                        log.error("not recorded", count=shift.pending)
                        break
                    time.sleep(min(0.1 * 2**failures, 5) * random.uniform(0.5, 1))
        log.info("stopped")
