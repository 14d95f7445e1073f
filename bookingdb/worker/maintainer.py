"""A process, or a thread, that maintains the database until it is told to stop."""

import datetime as dt
import random
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg
import structlog

from bookingdb.dispatch.link import OWN_SETTINGS
from bookingdb.maintenance import maintain
from bookingdb.models import MaintenanceStep, MaintenanceTask

__all__ = ["Maintainer", "maintain_once"]

log = structlog.get_logger(__name__)


def maintain_once(
    conn: psycopg.Connection[Any],
    tasks: Iterable[MaintenanceTask] = MaintenanceTask,
    *,
    force: bool = False,
) -> list[MaintenanceStep]:
    """Call maintain() for one task after the other, on a connection in autocommit mode: each is a
    transaction of its own, and none holds what another has locked. Empty when nothing was due.
    """
    return [step for task in tasks for step in maintain(conn, tasks=[task], force=force)]


class Maintainer:
    """Does what maintain() says is due; any number of maintainers run side by side.

    `dsn`: a login that is a member of bookingdb_dispatcher, and not bound to businesses. `tick`:
    how often to look for what is due.
    """

    def __init__(self, dsn: str, *, tick: dt.timedelta = dt.timedelta(seconds=1)) -> None:
        self._dsn = dsn
        self._tick = tick.total_seconds()
        self._stopping = threading.Event()
        self._conn: psycopg.Connection[Any] | None = None

    def stop(self) -> None:
        """Make run() end soon. What it is doing is cancelled, and undone: it is still due then."""
        self._stopping.set()
        if conn := self._conn:
            with suppress(psycopg.Error):
                conn.cancel_safe()

    def run(self, *, once: bool = False) -> None:
        """Maintain until stop() is called; `once`: until nothing is due.

        A lost connection is made anew, however long it takes. Raises psycopg.Error for what
        waiting does not mend, such as a missing privilege; with `once` for everything.
        """
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._connect() as self._conn:
                    failures = 0
                    self._work(self._conn, once=once)
                if once:
                    break
            except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as error:
                if self._stopping.is_set():
                    break
                if once:
                    raise
                failures += 1
                log.warning("not maintained", error=str(error).strip(), failures=failures)
                self._stopping.wait(min(0.1 * 2**failures, 5) * random.uniform(0.5, 1))
            finally:
                self._conn = None

    def _connect(self) -> psycopg.Connection[Any]:
        settings: dict[str, Any] = {"fallback_application_name": "bookingdb maintain"}
        conn: psycopg.Connection[Any] = psycopg.connect(
            self._dsn, autocommit=True, prepare_threshold=None, **settings
        )
        for setting in OWN_SETTINGS:
            conn.execute(f"set {setting}")
        return conn

    def _work(self, conn: psycopg.Connection[Any], *, once: bool) -> None:
        while not self._stopping.is_set():
            steps = maintain_once(conn)
            for step in steps:
                _report(step)
            if steps:
                continue  # there may be more, as of many businesses
            if once:
                return
            self._stopping.wait(self._tick)


def _report(step: MaintenanceStep) -> None:
    told: dict[str, Any] = {"task": step.task.value, "done": step.done}
    if step.business_id is not None:
        told["business_id"] = str(step.business_id)
    if step.problem is not None:
        log.warning("maintained", **told, problem=step.problem)
    elif step.done and step.business_id is None:
        log.info("maintained", **told)
    else:
        log.debug("maintained", **told)
