"""Deploy the schema, take it away, and tell what is deployed.

The records are yoyo's own, so `yoyo apply` in a checkout and these functions can take turns.
"""

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from yoyo import read_migrations  # type: ignore[import-untyped]
from yoyo.exceptions import BadMigration, LockTimeout  # type: ignore[import-untyped]

from bookingdb.migration.errors import (
    HistoryDiffers,
    LockLeft,
    MigrationError,
    NotRecorded,
    PlanError,
)
from bookingdb.migration.history import Lock, check_other_tool, deployed, find_lock
from bookingdb.migration.plan import Change
from bookingdb.migration.privileges import check_privileges
from bookingdb.migration.project import Project, load_project, schema_folder
from bookingdb.migration.server import connect, yoyo_backend

__all__ = ["LOCK_TIMEOUT", "break_lock", "migrate", "rollback", "status"]

LOCK_TIMEOUT = 10.0  # seconds; what yoyo itself waits

OnChange = Callable[[Change], None]


def migrate(
    dsn: str,
    *,
    on_change: OnChange | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    folder: Path | None = None,
) -> list[Change]:
    """Deploy every change that is not deployed yet, and return these changes in order.

    Each change is a transaction of its own: when one fails, nothing of it stays, the ones
    before it stay, and the ones after it are not tried. If there is nothing to do, nothing
    is written.

    Args:
        dsn: libpq keywords or URI; what it leaves out comes from the PG* variables.
        on_change: called after each change, once it is in the database and on record.
        lock_timeout: seconds to wait for another migration to end; more than 0.
        folder: the folder with sqitch.plan; by default `schema_folder()`.

    Raises:
        MigrationError: one of the classes below it; see `bookingdb.migration.errors`.
    """
    project = _open(folder)
    changes = project.plan.changes
    with connect(dsn) as conn:
        check_other_tool(conn, project.plan)
        if len(deployed(conn, project.plan)) == len(changes):
            return []
        check_privileges(conn)
    with _locked(dsn, lock_timeout) as backend:
        todo = changes[len(deployed(backend.connection, project.plan)) :]
        return _run(backend.apply_one, "mark", project, todo, on_change)


def rollback(
    dsn: str,
    *,
    to: str | None = None,
    on_change: OnChange | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    folder: Path | None = None,
) -> list[Change]:
    """Take away every deployed change after TO, the last first, and return these changes.

    **This drops tables with all that is in them.** TO itself stays; without it everything
    goes. Each change is a transaction of its own.

    Args:
        dsn: as for `migrate`.
        to: name of a deployed change: ``NAME``, ``NAME@TAG`` or ``@TAG``.
        on_change: called after each change, once it is gone.
        lock_timeout: as for `migrate`.
        folder: as for `migrate`.

    Raises:
        MigrationError: one of the classes below it; see `bookingdb.migration.errors`.
    """
    project = _open(folder)
    keep = project.plan.find(to).position if to is not None else 0
    with connect(dsn) as conn:
        check_other_tool(conn, project.plan)
        if keep > len(deployed(conn, project.plan)):
            raise HistoryDiffers(f"{to} is not deployed, so nothing can be rolled back to it.")
        if keep == len(deployed(conn, project.plan)):
            return []
    with _locked(dsn, lock_timeout) as backend:
        todo = project.plan.changes[keep : len(deployed(backend.connection, project.plan))]
        return _run(backend.rollback_one, "unmark", project, todo[::-1], on_change)


def status(dsn: str, *, folder: Path | None = None) -> list[tuple[Change, datetime | None]]:
    """Every change of the plan with the time it was deployed (aware, UTC), or None.

    Writes nothing.

    Raises:
        MigrationError: one of the classes below it; see `bookingdb.migration.errors`.
    """
    project = _open(folder)
    with connect(dsn) as conn:
        check_other_tool(conn, project.plan)
        times: list[datetime | None] = [*deployed(conn, project.plan)]
    times += [None] * (len(project.plan.changes) - len(times))
    return list(zip(project.plan.changes, times, strict=True))


def break_lock(dsn: str) -> Lock | None:
    """Remove the lock that a killed migration left; return it, or None if there was none.

    Raises:
        ServerUnreachable, ServerTooOld: no connection that can do it.
    """
    with connect(dsn) as conn:
        lock = find_lock(conn)
        if lock is not None:
            conn.execute("delete from yoyo_lock")
        return lock


def _open(folder: Path | None) -> Project:
    project = load_project(folder or schema_folder())
    project.check()
    return project


@contextmanager
def _locked(dsn: str, timeout: float) -> Iterator[Any]:
    """yoyo's backend, while no other yoyo works on the database."""
    if timeout <= 0:
        raise ValueError(f"lock_timeout is {timeout}; it must be more than 0 seconds")
    failure: MigrationError | None = None
    with connect(dsn) as conn, yoyo_backend(dsn) as backend:
        try:
            backend.init_database()
            backend.execute("set idle_session_timeout = 0")  # it idles while a script runs
            with backend.lock(timeout):
                backend.ensure_internal_schema_updated()
                try:
                    yield backend
                except MigrationError as error:
                    failure = error
                    raise
        except LockTimeout:
            raise _lock_left(find_lock(conn), timeout) from None
        except psycopg.Error as error:
            if failure is not None:  # and the lock could not be removed after it
                raise failure from error
            raise


def _lock_left(lock: Lock | None, timeout: float) -> MigrationError:
    if lock is None:
        return MigrationError("Another migration has just ended. Start this one again.")
    return LockLeft(
        f"Process {lock.pid} locked the migrations at {lock.since:%Y-%m-%d %H:%M:%S} UTC and has "
        f"not unlocked them in {timeout:g} seconds. If it runs, wait for it. If it was killed, "
        "remove its lock with `bookingdb migrate --break-lock` and start again.",
        pid=lock.pid,
        since=lock.since,
    )


def _run(
    action: Callable[[Any], None],
    repair: str,
    project: Project,
    changes: tuple[Change, ...],
    on_change: OnChange | None,
) -> list[Change]:
    """Do ACTION for each change; REPAIR is the yoyo command that would make up for its record."""
    migrations = {m.id: m for m in read_migrations(glob.escape(str(project.folder / "yoyo")))}
    for change in changes:
        try:
            action(migrations[change.yoyo_id])
        except BadMigration as error:  # yoyo's own loops would log it and go on
            raise PlanError(f"yoyo cannot load {change.yoyo_id}: {error}") from error
        except psycopg.Error as error:
            raise NotRecorded(
                f"{change.name}: the connection was lost before this was recorded: {error}\n"
                "The script itself may have been committed. If `bookingdb status` tells otherwise "
                f"than the database, run `yoyo {repair} -r {change.yoyo_id}`.",
                change=change.name,
            ) from error
        if on_change is not None:
            on_change(change)
    return list(changes)
